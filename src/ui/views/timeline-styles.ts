import { css } from 'lit';
import { LANE_HEIGHT_PX } from '../timeline-painter.ts';

/** Looks of the timeline; rows of the DOM are as high as those that the painter draws. */
export const timelineStyles = css`
  :host {
    display: block;
    --labels: 76px;
    --shares: 64px;
    background: var(--ground);
    border-block-start: 1px solid var(--line);
    user-select: none;
  }
  section {
    position: relative;
    padding: 4px 16px 8px;
  }
  .empty {
    padding: 24px 16px;
    color: var(--ink-quiet);
  }
  .axis,
  .body {
    display: grid;
    grid-template-columns: var(--labels) minmax(0, 1fr) var(--shares);
  }
  .axis button {
    justify-self: start;
    align-self: start;
    margin-inline-start: -6px;
    color: var(--ink-quiet);
  }
  .of {
    text-align: end;
    padding-block-start: 3px;
  }
  .ruler {
    position: relative;
    block-size: 42px;
    overflow: hidden;
    cursor: col-resize;
    touch-action: none;
  }
  .tick {
    position: absolute;
    inset-block-start: 2px;
    padding-inline-start: 4px;
    border-inline-start: 1px solid var(--line);
    font-size: var(--size-12);
    color: var(--ink-quiet);
    white-space: nowrap;
  }
  .heading {
    position: absolute;
    inset-block-start: 21px;
    display: flex;
    gap: 6px;
    font-size: var(--size-12);
    white-space: nowrap;
    overflow: hidden;
    align-items: center;
    color: var(--ink-quiet);
  }
  .heading::after {
    content: '';
    flex: 1;
    min-inline-size: 4px;
    border-block-start: 1px solid var(--line);
  }
  .heading b {
    font-weight: 600;
    color: var(--ink);
  }
  .words {
    overflow: hidden;
    text-overflow: ellipsis;
  }
  .lane {
    block-size: ${LANE_HEIGHT_PX}px;
    display: flex;
    align-items: center;
    gap: 7px;
    font-size: var(--size-12);
    white-space: nowrap;
    cursor: default;
  }
  .lane i {
    inline-size: 8px;
    block-size: 8px;
    border-radius: 2px;
    flex: none;
  }
  .plot {
    position: relative;
    cursor: crosshair;
    touch-action: pan-y;
  }
  canvas {
    display: block;
    inline-size: 100%;
  }
  .area {
    position: absolute;
    inset-block: 0;
    background: color-mix(in oklch, var(--accent) 14%, transparent);
    border-inline: 1px solid var(--accent);
    pointer-events: none;
  }
  .shares span {
    display: block;
    block-size: ${LANE_HEIGHT_PX}px;
    line-height: ${LANE_HEIGHT_PX}px;
    text-align: end;
    font-size: var(--size-12);
  }
  .playhead {
    position: absolute;
    inset-block: 4px 34px;
    inset-inline-start: calc(16px + var(--labels));
    inline-size: 0;
    border-inline-start: 1.5px solid var(--accent);
    pointer-events: none;
    z-index: 1;
  }
  .playhead[data-outside] {
    border-inline-start-style: dotted;
  }
  .flag {
    position: absolute;
    inset-block-start: -2px;
    inset-inline-start: 0;
    padding: 1px 6px;
    font-size: var(--size-12);
    white-space: nowrap;
    background: var(--accent);
    color: var(--on-accent);
    font-weight: 600;
    border-radius: 0 3px 3px 0;
  }
  .flag[data-left] {
    inset-inline: auto 0;
    border-radius: 3px 0 0 3px;
  }
  /* What hatching means stands on lines of its own. */
  @media (max-width: 1100px) {
    .playhead {
      inset-block-end: 52px;
    }
  }
  @media (max-width: 600px) {
    .playhead {
      inset-block-end: 68px;
    }
    section {
      padding-inline: 10px;
    }
    :host {
      --labels: 58px;
      --shares: 46px;
    }
    .playhead {
      inset-inline-start: calc(10px + var(--labels));
    }
    .plot {
      touch-action: none;
    }
  }
`;

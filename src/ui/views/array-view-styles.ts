import { css } from 'lit';

/** The array, what one reads off it beside, and on narrow screens below or over it. */
export const arrayViewStyles = css`
  .body {
    display: grid;
    grid-template-columns: minmax(0, 1fr) minmax(0, auto);
    gap: 14px;
    min-block-size: 0;
  }
  aside {
    /* What the square array leaves free, within reason. */
    inline-size: clamp(132px, 100cqi - 100cqb + 60px, 270px);
    display: flex;
    flex-direction: column;
    gap: 10px;
    min-block-size: 0;
    overflow: auto;
  }
  systole-fold-map {
    margin-block-start: auto;
  }
  .frame {
    position: relative;
    min-block-size: 0;
  }
  systole-array-stage {
    position: absolute;
    inset: 0;
  }
  header .facts {
    flex: 0 1 auto;
  }
  .facts .op {
    color: var(--ink);
  }
  .painter {
    font-size: var(--size-12);
    white-space: nowrap;
    text-decoration: none;
    color: var(--ink-quiet);
  }
  .reason {
    position: absolute;
    inset-inline: 12% auto;
    inset-block-start: 34%;
    display: grid;
    gap: 8px;
    justify-items: start;
    max-inline-size: 76%;
    padding: 12px 16px;
    background: var(--surface);
    border: 1px solid var(--line);
    border-radius: 8px;
  }
  .reason button {
    white-space: normal;
    text-align: start;
  }
  progress {
    position: absolute;
    inset-block-end: 0;
    inset-inline-start: 0;
    inline-size: 120px;
    block-size: 4px;
  }
  /* The cycle has a line of its own: keep it free while nothing runs, so that the array stays put. */
  @container (inline-size < 640px) {
    header {
      min-block-size: 42px;
      align-content: start;
    }
  }
  @container (inline-size < 460px) {
    .body {
      grid-template-columns: minmax(0, 1fr);
      grid-template-rows: minmax(0, 1fr) auto;
    }
    aside {
      inline-size: auto;
      max-block-size: 132px;
    }
    .hint {
      display: none;
    }
  }
  /* No room beside or below: registers come over the array's corner, and the map of tiles goes. */
  @container (inline-size < 460px) and (block-size < 520px) {
    .body {
      position: relative;
      grid-template-rows: minmax(0, 1fr);
    }
    aside {
      position: absolute;
      inset-block-end: 0;
      inset-inline-end: 0;
      inline-size: min(190px, 60%);
      pointer-events: none;
      background: color-mix(in oklab, var(--surface) 92%, transparent);
      border-radius: 6px;
    }
    systole-pe-readout[pinned] {
      pointer-events: auto;
    }
    systole-fold-map {
      display: none;
    }
  }
`;

import { css } from 'lit';

/** Looks of a recording of flits: torus and router side by side, time below, then what the colours mean. */
export const flitPlayerStyles = css`
  :host {
    position: relative;
    grid-template-rows: minmax(80px, 1fr) auto auto;
    gap: 4px;
    padding: 0;
  }
  .body {
    position: relative;
    display: grid;
    grid-template-columns: minmax(0, 1fr);
    min-block-size: 0;
  }
  .body:has(systole-flit-router) {
    grid-template-columns: minmax(0, 1fr) minmax(200px, 46%);
    gap: 10px;
  }
  systole-flit-router {
    max-block-size: 100%;
    min-block-size: 0;
  }
  .strip {
    position: relative;
    block-size: 34px;
    cursor: col-resize;
    touch-action: none;
  }
  .strip systole-figure {
    position: absolute;
    inset: 0;
  }
  .playhead {
    position: absolute;
    inset-block: 0;
    inline-size: 1.5px;
    background: var(--accent);
    pointer-events: none;
  }
  .controls {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: 2px 6px;
    margin-block-start: 2px;
    font-size: var(--size-12);
    color: var(--ink-quiet);
  }
  .controls button {
    padding: 1px 8px;
    color: var(--ink);
  }
  .play {
    min-inline-size: 5.5em;
  }
  input[type='range'] {
    flex: 1 1 80px;
    min-inline-size: 60px;
    accent-color: var(--accent);
  }
  .cycle {
    white-space: nowrap;
    min-inline-size: 11ch;
  }
  select {
    font: inherit;
    color: var(--ink);
    background: var(--ground);
    border: 1px solid var(--line);
    border-radius: 4px;
    padding: 0 2px;
  }
  .legend,
  .causes {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: 0 10px;
  }
  .legend {
    gap: 8px;
  }
  .causes .swatch {
    margin-inline-end: 4px;
  }
  footer {
    gap: 0 14px;
  }
  /* Over the figure, so that nothing moves. */
  .under {
    position: absolute;
    inset-block-start: 2px;
    inset-inline-start: 2px;
    padding: 1px 6px;
    background: var(--raised);
    color: var(--ink);
    border-radius: 4px;
    pointer-events: none;
  }
  .sentence {
    flex-basis: 100%;
    color: var(--ink);
  }
  @container (max-width: 420px) {
    .body:has(systole-flit-router) {
      grid-template-columns: minmax(0, 1fr);
      grid-template-rows: minmax(180px, 1fr) minmax(0, 1fr);
    }
  }
`;

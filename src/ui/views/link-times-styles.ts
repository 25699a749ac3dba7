import { css } from 'lit';

/** Looks of the links x time heat map. */
export const linkTimesStyles = css`
  :host {
    position: absolute;
    inset: 0;
    grid-template-columns: minmax(0, 1fr);
    grid-template-rows: auto minmax(64px, 1fr) auto minmax(0, auto);
    gap: 4px;
    block-size: auto;
    padding: 0;
  }
  .empty {
    align-self: center;
    justify-self: center;
    grid-area: 2 / 1;
    text-align: center;
    text-wrap: balance;
  }
  /* What is over in a moment shows no progress. */
  .empty[role='status'] {
    animation: appear 0s 100ms both;
  }
  @keyframes appear {
    from {
      visibility: hidden;
    }
  }
  .body {
    position: relative;
    grid-area: 2 / 1;
    display: grid;
    grid-template-rows: 18px minmax(0, 1fr);
  }
  .body[hidden] {
    visibility: hidden;
  }
  .axis {
    display: flex;
    justify-content: space-between;
    margin-inline-start: 118px;
    font-size: var(--size-12);
    color: var(--ink-quiet);
    cursor: col-resize;
    touch-action: none;
  }
  .scroller {
    position: relative;
    overflow: hidden auto;
    scrollbar-width: none;
    container-type: size;
    outline-offset: -2px;
  }
  systole-figure {
    position: sticky;
    inset-block-start: 0;
    block-size: 100cqb;
  }
  .playhead {
    position: absolute;
    inset-block: 0;
    inline-size: 1.5px;
    background: var(--accent);
    pointer-events: none;
  }
  .legend {
    display: flex;
    align-items: center;
    gap: 8px;
  }
  .sentence {
    flex-basis: 100%;
    color: var(--ink);
  }
  .warn {
    color: var(--warn);
  }
  systole-link-transfers {
    max-block-size: 38cqb;
  }
  .tale {
    max-block-size: 46cqb;
    overflow: auto;
    padding-block-start: 6px;
    border-block-start: 1px solid var(--line);
  }
`;

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
    overflow: hidden;
  }
  /* Kept PEs scroll so that the map of tiles stays; what is pointed at comes before both. */
  aside > * {
    flex: none;
  }
  .pins {
    display: flex;
    flex-direction: column;
    gap: 10px;
    flex: 0 1000 auto;
    min-block-size: 3em;
    overflow: auto;
  }
  .pins[hidden] {
    display: none;
  }
  aside > systole-fold-map {
    flex: 0 1 auto;
    min-block-size: 0;
    overflow: hidden;
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
  /* No room below for more than the sliders of the map of tiles: registers come over the array's corner. */
  @container (inline-size < 460px) and (block-size < 620px) {
    .body {
      position: relative;
    }
    aside {
      max-block-size: none;
    }
    .live,
    .pins {
      position: absolute;
      inset-block-end: 44px;
      inset-inline-end: 0;
      inline-size: min(190px, 60%);
      background: color-mix(in oklab, var(--surface) 92%, transparent);
      border-radius: 6px;
    }
    .live {
      pointer-events: none;
    }
    .live ~ .pins {
      visibility: hidden;
    }
    .live[data-left] {
      inset-inline: 0 auto;
    }
    .pins {
      max-block-size: calc(100% - 44px);
    }
  }
  /* Low and broad: what the square leaves free is beside it. */
  @container (inline-size < 460px) and (block-size < 450px) {
    .body {
      grid-template: minmax(0, 1fr) / minmax(0, 1fr) 132px;
    }
    .live,
    .pins {
      position: static;
      inline-size: auto;
      background: none;
    }
    .live ~ .pins {
      visibility: visible;
    }
  }
`;

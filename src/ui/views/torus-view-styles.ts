import { css } from 'lit';

/** Looks of the torus and of what is told beside it. */
export const torusViewStyles = css`
  /* Buttons go to the next line before words are cut. */
  header .facts {
    flex-basis: auto;
    max-inline-size: 100%;
  }
  .stage-frame {
    position: relative;
    min-block-size: 0;
  }
  systole-link-panel {
    position: absolute;
    inset-block-end: 0;
  }
  /* A table has no empty corner: what is told of a link stands below it. */
  [data-table] {
    display: grid;
    grid-template-rows: minmax(0, 1fr) auto;
    gap: 8px;
  }
  [data-table] systole-link-table,
  [data-table] systole-link-panel {
    position: relative;
    max-inline-size: none;
  }
  /* Its way stays in sight: the slice makes room. */
  [data-told] systole-torus-stage,
  [data-told] systole-link-table {
    inset-block-end: 44%;
  }
  .tale {
    position: absolute;
    inset-inline: 0;
    inset-block-end: 0;
    block-size: 43%;
    overflow: auto;
    padding-block-start: 6px;
    font-size: var(--size-12);
    background: var(--ground);
    border-block-start: 1px solid var(--line);
  }
  .right {
    inset-inline-end: 0;
  }
  .left {
    inset-inline-start: 0;
  }
  footer[hidden] {
    display: none;
  }
  .legend {
    display: flex;
    align-items: center;
    gap: 8px;
  }
  .now,
  .note {
    flex-basis: 100%;
  }
  .cut {
    align-self: center;
  }
  .warn {
    color: var(--warn);
  }
`;

import { css } from 'lit';

/** Frame of a stage view: a header line, a figure that takes all the height there is, a legend. */
export const viewStyles = css`
  :host {
    display: grid;
    grid-template-rows: auto minmax(0, 1fr) auto;
    gap: 8px;
    block-size: 100%;
    min-block-size: 0;
    min-inline-size: 0;
    padding: 10px 14px 12px;
    /* Its size comes from outside, so that its parts can follow from it. */
    container-type: size;
  }
  header,
  footer {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: 2px 12px;
    min-inline-size: 0;
    min-block-size: 24px;
  }
  header h2 {
    font-size: var(--size-14);
    font-weight: 650;
  }
  header .facts {
    flex: 1 1 0;
    min-inline-size: 9ch;
    white-space: nowrap;
    overflow: hidden;
    text-overflow: ellipsis;
    color: var(--ink-quiet);
  }
  footer {
    font-size: var(--size-12);
    color: var(--ink-quiet);
  }
  .stage {
    position: relative;
    min-block-size: 0;
    min-inline-size: 0;
    outline-offset: 2px;
  }
  .stage systole-figure {
    position: absolute;
    inset: 0;
  }
  .link {
    border: 0;
    padding: 0;
    border-radius: 2px;
    text-decoration: underline;
    text-decoration-color: var(--line);
    text-underline-offset: 3px;
  }
  .link:hover {
    background: none;
    text-decoration-color: currentColor;
  }
  .metrics {
    display: inline-flex;
    flex-wrap: wrap;
    gap: 2px;
  }
  .metrics button {
    border-color: transparent;
    padding: 1px 7px;
    color: var(--ink-quiet);
  }
  .metrics button[aria-pressed='true'] {
    background: var(--raised);
    color: var(--ink);
  }
  .ramp {
    inline-size: clamp(60px, 14cqi, 150px);
    block-size: 10px;
    border-radius: 2px;
  }
  .swatch {
    display: inline-block;
    inline-size: 11px;
    block-size: 11px;
    margin-inline-end: 6px;
    border-radius: 1px;
    vertical-align: -1px;
  }
  table {
    border-collapse: collapse;
    font-size: var(--size-12);
    inline-size: 100%;
  }
  .scroll {
    position: absolute;
    inset: 0;
    overflow: auto;
    background: var(--ground);
  }
  th,
  td {
    text-align: start;
    padding: 3px 14px 3px 0;
    border-block-end: 1px solid var(--line);
    white-space: nowrap;
  }
  thead th {
    position: sticky;
    inset-block-start: 0;
    background: var(--ground);
    color: var(--ink-quiet);
    font-weight: 400;
  }
  td.number {
    text-align: end;
  }
`;

import { css } from 'lit';

/** A place that is read rather than watched: one column of text and tables. */
export const placeStyles = css`
  :host {
    display: block;
  }
  article {
    max-inline-size: 1080px;
    padding: 20px 16px 60px;
    display: grid;
    gap: 14px;
  }
  h1 {
    font-size: var(--size-28);
    line-height: 1.2;
    letter-spacing: -0.01em;
  }
  h2 {
    margin-block-start: 14px;
  }
  p {
    max-inline-size: 75ch;
  }
  table {
    border-collapse: collapse;
    font-size: var(--size-12);
    inline-size: 100%;
  }
  caption {
    text-align: start;
    color: var(--ink-quiet);
    padding-block-end: 6px;
  }
  th,
  td {
    text-align: start;
    padding: 4px 14px 4px 0;
    border-block-end: 1px solid var(--line);
    vertical-align: top;
  }
  th {
    font-weight: 600;
    white-space: nowrap;
  }
  thead th {
    color: var(--ink-quiet);
  }
  td.number,
  th.number {
    text-align: end;
    white-space: nowrap;
  }
  td:first-child code {
    overflow-wrap: normal;
    white-space: nowrap;
  }
  td.words {
    min-inline-size: 22ch;
  }
  .row {
    display: flex;
    flex-wrap: wrap;
    gap: 8px;
  }
  .scroll {
    overflow-x: auto;
  }
  a {
    color: inherit;
  }
  code {
    font-family: var(--font-numbers);
    font-size: var(--size-12);
    overflow-wrap: anywhere;
  }
`;

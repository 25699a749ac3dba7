import { css } from 'lit';

/** Looks of the numerics panel and of its results. */
export const numericsStyles = css`
  dialog {
    inline-size: min(860px, 100vw - 24px);
    max-block-size: min(92dvh, 900px);
    padding: 18px 22px;
    overflow: auto;
    background: var(--surface);
    color: var(--ink);
    border: 1px solid var(--line);
    border-radius: 10px;
  }
  dialog::backdrop {
    background: rgb(0 0 0 / 0.3);
  }
  header {
    display: flex;
    justify-content: space-between;
    align-items: start;
    gap: 12px;
  }
  .picks {
    display: grid;
    grid-template-columns: repeat(auto-fit, minmax(min(300px, 100%), 1fr));
    gap: 8px 28px;
    margin-block: 14px 10px;
  }
  fieldset {
    display: grid;
    grid-template-columns: auto minmax(0, 1fr);
    gap: 6px 10px;
    align-items: center;
    margin: 0;
    padding: 0;
    border: 0;
    min-inline-size: 0;
  }
  legend {
    padding: 0;
    margin-block-end: 6px;
    font-weight: 650;
  }
  label {
    display: contents;
    color: var(--ink-quiet);
  }
  label.reference {
    display: grid;
    grid-column: 1 / -1;
    grid-template-columns: auto minmax(0, 1fr);
    gap: 4px 10px;
    align-items: center;
  }
  select {
    font: inherit;
    color: var(--ink);
    background: var(--ground);
    border: 1px solid var(--line);
    border-radius: 6px;
    padding: 4px 8px;
    min-inline-size: 0;
    inline-size: 100%;
  }
  .swatch {
    display: inline-block;
    inline-size: 10px;
    block-size: 10px;
    margin-inline-end: 7px;
    border: 1.5px solid var(--unit-mxu);
    background: var(--unit-mxu);
  }
  .swatch[data-choice='1'] {
    border-color: var(--ink);
    background: none;
  }
  .status {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: 4px 12px;
    min-block-size: 30px;
  }
  progress {
    inline-size: 160px;
    accent-color: var(--unit-mxu);
  }
  .problem {
    color: var(--warn);
  }
  systole-numerics-results {
    display: block;
    margin-block: 6px 14px;
    transition: opacity 0s 150ms;
  }
  /* Numbers of the choice before, while those of the present one are computed. */
  systole-numerics-results[aria-busy='true'] {
    opacity: 0.5;
  }
  table {
    border-collapse: collapse;
    inline-size: 100%;
    font-size: var(--size-12);
  }
  th,
  td {
    text-align: start;
    font-weight: 400;
    padding: 3px 0 3px 14px;
    border-block-end: 1px solid var(--line);
  }
  th[scope='row'] {
    padding-inline-start: 0;
    color: var(--ink-quiet);
  }
  thead th,
  th.number,
  td.number {
    text-align: end;
  }
  th[scope='row'].number,
  details thead th:first-child {
    text-align: start;
    padding-inline-start: 0;
  }
  .numbers thead th {
    font-weight: 650;
  }
  .numbers tbody + tbody tr:first-child > * {
    padding-block-start: 12px;
  }
  .plots {
    display: grid;
    grid-template-columns: repeat(auto-fit, minmax(min(320px, 100%), 1fr));
    gap: 16px 28px;
    margin-block-start: 18px;
  }
  figure {
    margin: 0;
    min-inline-size: 0;
  }
  figcaption {
    display: flex;
    flex-wrap: wrap;
    justify-content: space-between;
    gap: 2px 12px;
  }
  systole-figure {
    block-size: 200px;
    margin-block: 6px;
  }
  .legend {
    display: flex;
    gap: 14px;
    color: var(--ink-quiet);
  }
  .legend li {
    display: flex;
    align-items: center;
    gap: 6px;
  }
  .legend .first {
    fill: var(--unit-mxu);
  }
  .legend .line {
    stroke: var(--unit-mxu);
    stroke-width: 1.5;
  }
  .legend .second {
    fill: none;
    stroke: var(--ink);
    stroke-width: 1.5;
  }
  .legend .dashed {
    stroke-dasharray: 4 3;
  }
  .legend .ring {
    fill: var(--surface);
  }
  summary {
    color: var(--ink-quiet);
    cursor: pointer;
  }
  footer {
    display: grid;
    gap: 4px;
  }
  code {
    font-family: var(--font-numbers);
    color: var(--ink);
    overflow-wrap: anywhere;
  }
  @media (max-width: 600px) {
    dialog {
      inline-size: 100vw;
      max-inline-size: none;
      max-block-size: 100dvh;
      margin: auto 0 0;
      padding: 14px;
      border-inline: 0;
      border-radius: 10px 10px 0 0;
    }
    label.reference {
      grid-template-columns: 1fr;
    }
  }
`;

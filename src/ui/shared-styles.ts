import { css } from 'lit';

/** What controls look like everywhere. */
export const sharedStyles = css`
  :host {
    box-sizing: border-box;
    font: var(--size-14) / 1.4 var(--font-words);
    color: var(--ink);
  }
  *,
  *::before,
  *::after {
    box-sizing: border-box;
  }
  button,
  input {
    font: inherit;
    color: inherit;
  }
  button {
    background: none;
    border: 1px solid var(--line);
    border-radius: 6px;
    padding: 3px 10px;
    cursor: pointer;
    white-space: nowrap;
  }
  button:hover {
    background: var(--raised);
  }
  button:disabled {
    color: var(--ink-quiet);
    cursor: default;
    background: none;
  }
  button.plain {
    border-color: transparent;
    padding: 2px 6px;
  }
  button.link {
    border: 0;
    padding: 0;
    text-decoration: underline;
    text-underline-offset: 2px;
  }
  :focus-visible {
    outline: 2px solid var(--accent);
    outline-offset: 1px;
  }
  input[type='text'] {
    background: var(--ground);
    border: 1px solid var(--line);
    border-radius: 6px;
    padding: 5px 9px;
    inline-size: 100%;
  }
  .number {
    font-family: var(--font-numbers);
    font-variant-numeric: tabular-nums;
  }
  .quiet {
    color: var(--ink-quiet);
  }
  .small {
    font-size: var(--size-12);
  }
  h1,
  h2,
  h3,
  p,
  dl,
  dd,
  ul,
  ol {
    margin: 0;
    padding: 0;
  }
  h2 {
    font-size: var(--size-18);
    font-weight: 650;
  }
  h3 {
    font-size: var(--size-14);
    font-weight: 650;
  }
  ul,
  ol {
    list-style: none;
  }
  kbd {
    font: var(--size-12) / 1 var(--font-numbers);
    border: 1px solid var(--line);
    border-radius: 4px;
    padding: 2px 5px;
    color: var(--ink-quiet);
  }
  .visually-hidden {
    position: absolute;
    inline-size: 1px;
    block-size: 1px;
    overflow: hidden;
    clip-path: inset(50%);
    white-space: nowrap;
  }
`;

import { css } from 'lit';

/** Looks of the flit zoom: what runs, how far it is, what was recorded. */
export const flitViewStyles = css`
  :host {
    position: absolute;
    inset: 0;
    display: flex;
    flex-direction: column;
    gap: 6px;
    block-size: auto;
    padding: 0;
    overflow: hidden auto;
  }
  :host([hidden]) {
    display: none;
  }
  header {
    gap: 2px 8px;
  }
  header .facts {
    font-size: var(--size-12);
  }
  header select {
    font: inherit;
    font-size: var(--size-12);
    color: var(--ink);
    background: var(--ground);
    border: 1px solid var(--line);
    border-radius: 4px;
    padding: 1px 4px;
  }
  .empty {
    margin: auto;
    max-inline-size: 44ch;
    text-align: center;
    text-wrap: balance;
  }
  .status {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: 4px 10px;
  }
  .status[role='status'] {
    animation: appear 0s 100ms both;
  }
  @keyframes appear {
    from {
      visibility: hidden;
    }
  }
  progress {
    inline-size: 120px;
  }
  .warn {
    color: var(--warn);
  }
  .title {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    justify-content: space-between;
    gap: 0 10px;
  }
  .title > :first-child {
    flex: 1 1 260px;
  }
  header,
  .title,
  .status,
  systole-flit-settings {
    flex: none;
  }
  header button {
    padding-inline: 8px;
  }
  systole-flit-player,
  systole-flit-sweep {
    flex: 1 1 auto;
    min-block-size: 320px;
  }
  /* Torus and router one above the other: the view scrolls. */
  @container (max-width: 420px) {
    systole-flit-player {
      min-block-size: 620px;
    }
    systole-flit-sweep {
      min-block-size: 460px;
    }
  }
`;

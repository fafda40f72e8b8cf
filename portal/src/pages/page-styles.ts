import { css } from "lit";

/** What the pages look like in common. */
export const pageStyles = css`
  :host {
    box-sizing: border-box;
    display: flex;
    flex-direction: column;
    height: 100dvh;
  }

  *,
  *::before,
  *::after {
    box-sizing: inherit;
  }

  h1,
  h2,
  p {
    margin: 0;
  }

  h1 {
    font-size: var(--title);
    line-height: 1.25;
  }

  a {
    color: var(--accent);
  }

  :focus-visible {
    outline: var(--focus);
    outline-offset: 2px;
  }

  [hidden] {
    display: none !important;
  }

  .unseen {
    position: absolute;
    width: 1px;
    height: 1px;
    margin: -1px;
    overflow: hidden;
    clip-path: inset(50%);
    white-space: nowrap;
  }

  .waiting {
    padding: var(--s8) var(--s4);
    text-align: center;
  }

  .card {
    padding: var(--s6);
    border: 1px solid var(--line);
    border-radius: var(--round);
    background: var(--surface);
    box-shadow: var(--shadow);
  }
`;

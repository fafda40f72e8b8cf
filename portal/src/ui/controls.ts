import { css } from "lit";

/** The look of buttons, fields and text that only a screen reader meets, for every component. */
export const controls = css`
  :host {
    box-sizing: border-box;
  }

  :host([hidden]),
  [hidden] {
    display: none !important;
  }

  *,
  *::before,
  *::after {
    box-sizing: inherit;
  }

  h1,
  h2,
  h3,
  p,
  ul,
  ol,
  dl,
  dd {
    margin: 0;
    padding: 0;
  }

  ul,
  ol {
    list-style: none;
  }

  svg {
    width: 1.25rem;
    height: 1.25rem;
    flex: none;
    fill: none;
    stroke: currentColor;
    stroke-width: 1.75;
    stroke-linecap: round;
    stroke-linejoin: round;
  }

  button,
  input,
  select,
  textarea {
    font: inherit;
    color: inherit;
  }

  :focus-visible {
    outline: var(--focus);
    outline-offset: 2px;
  }

  button {
    display: inline-flex;
    align-items: center;
    justify-content: center;
    gap: var(--s2);
    min-height: var(--target);
    padding: var(--s1) var(--s3);
    border: 1px solid var(--edge);
    border-radius: var(--round);
    background: var(--surface);
    cursor: pointer;
  }

  button:hover {
    background: var(--sunken);
  }

  button[disabled],
  button[aria-disabled="true"] {
    cursor: default;
    color: var(--ink-soft);
    border-color: var(--line);
    background: var(--sunken);
  }

  button.primary:not([disabled], [aria-disabled="true"]) {
    color: var(--on-accent);
    background: var(--accent);
    border-color: var(--accent);
  }

  button.primary:not([disabled], [aria-disabled="true"]):hover {
    background: var(--accent-strong);
  }

  button.danger {
    color: var(--on-bad);
    background: var(--bad);
    border-color: var(--bad);
  }

  button.icon {
    width: var(--target);
    padding: 0;
  }

  button.quiet {
    border-color: transparent;
    background: transparent;
  }

  button.quiet:not([disabled]):hover {
    background: var(--sunken);
  }

  input,
  select,
  textarea {
    min-height: var(--target);
    padding: var(--s1) var(--s2);
    border: 1px solid var(--edge);
    border-radius: var(--round);
    background: var(--surface);
  }

  ::placeholder {
    color: var(--ink-soft);
    opacity: 1;
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

  @media (forced-colors: active) {
    button[aria-pressed="true"] {
      outline: 2px solid Highlight;
    }
  }
`;

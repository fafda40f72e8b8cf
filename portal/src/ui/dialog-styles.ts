import { css } from "lit";

/** The look of a dialog in the middle of the page. */
export const dialogStyles = css`
  dialog {
    width: min(28rem, 92vw);
    padding: var(--s6);
    border: 1px solid var(--line);
    border-radius: var(--round);
    color: var(--ink);
    background: var(--surface);
    box-shadow: var(--shadow);
  }

  dialog::backdrop {
    background: #0008;
  }

  h2 {
    margin-bottom: var(--s2);
    font-size: var(--large);
  }

  .buttons {
    display: flex;
    flex-wrap: wrap;
    justify-content: flex-end;
    gap: var(--s2);
    margin-top: var(--s4);
  }
`;

import { css } from "lit";

/** A heading that opens and closes what is below it: the look of a details's summary. */
export const foldStyles = css`
  summary {
    display: flex;
    align-items: center;
    justify-content: space-between;
    min-height: var(--target);
    cursor: pointer;
    list-style: none;
  }

  summary::-webkit-details-marker {
    display: none;
  }

  summary::after {
    width: 0.45rem;
    height: 0.45rem;
    margin-inline: var(--s2);
    border: solid var(--ink-soft);
    border-width: 0 2px 2px 0;
    content: "";
    rotate: -45deg;
  }

  details[open] > summary::after {
    rotate: 45deg;
  }
`;

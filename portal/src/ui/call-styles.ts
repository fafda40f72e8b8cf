import { css } from "lit";

/** How the call panel looks. */
export const callStyles = css`
  :host {
    display: block;
  }

  :host > * {
    border-bottom: 1px solid var(--line);
  }

  .bar {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: var(--s2);
    padding: var(--s2) var(--s3);
  }

  .grow {
    flex: 1;
    min-width: 8rem;
  }

  .ring {
    background: var(--accent-soft);
  }

  .ring .grow {
    display: flex;
    align-items: center;
    gap: var(--s2);
    font-weight: 600;
  }

  .choices {
    display: flex;
    gap: var(--s2);
  }

  .note {
    flex: 1;
    padding: var(--s2) var(--s3);
  }

  .bar > .note {
    padding: 0;
  }

  .advice {
    color: var(--ink-soft);
    font-size: var(--small);
  }

  .trouble p:first-child {
    color: var(--bad);
    font-weight: 600;
  }

  .stage {
    position: relative;
    display: grid;
    grid-template-columns: repeat(auto-fit, minmax(10rem, 1fr));
    aspect-ratio: 16 / 9;
    max-height: 40vh;
    width: 100%;
    overflow: hidden;
    background: #0b0e11;
  }

  .empty {
    place-self: center;
    color: #c9d1da;
  }

  .own {
    position: absolute;
    right: var(--s2);
    bottom: var(--s2);
    width: 25%;
    aspect-ratio: 4 / 3;
    border: 1px solid #ffffff80;
    border-radius: var(--round);
    overflow: hidden;
  }

  .state {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: var(--s1) var(--s3);
    font-variant-numeric: tabular-nums;
  }

  .badge {
    display: inline-flex;
    align-items: center;
    gap: var(--s1);
    padding: 0.125rem var(--s2);
    border-radius: 999px;
    color: var(--good);
    background: var(--good-soft);
    font-size: var(--small);
    font-weight: 600;
  }

  .badge svg {
    width: 1rem;
    height: 1rem;
  }

  .badge.relayed {
    color: var(--warn);
    background: var(--warn-soft);
  }

  .off {
    color: var(--bad);
    border-color: var(--bad);
  }
`;

import { css } from "lit";

/** The look of the conversation. */
export const transcriptStyles = css`
  :host {
    position: relative;
    display: flex;
    min-height: 0;
    flex: 1;
  }

  .scroll {
    flex: 1;
    overflow-y: auto;
    overscroll-behavior: contain;
    padding: var(--s3) var(--s4);
  }

  .scroll:focus-visible {
    outline-offset: -2px;
  }

  .day {
    display: flex;
    align-items: center;
    gap: var(--s3);
    margin: var(--s3) 0;
    color: var(--ink-soft);
    font-size: var(--small);
  }

  .day::before,
  .day::after {
    content: "";
    flex: 1;
    border-top: 1px solid var(--line);
  }

  .system {
    margin: var(--s2) 0;
    color: var(--ink-soft);
    font-size: var(--small);
    text-align: center;
    overflow-wrap: anywhere;
  }

  .joined {
    color: var(--good);
    font-weight: 600;
  }

  .group {
    display: flex;
    flex-direction: column;
    align-items: flex-start;
    gap: var(--s1);
    margin: var(--s3) 0;
  }

  .own {
    align-items: flex-end;
  }

  .head {
    display: flex;
    gap: var(--s2);
    align-items: baseline;
    font-size: var(--small);
  }

  .who {
    font-weight: 600;
  }

  time {
    color: var(--ink-soft);
    font-variant-numeric: tabular-nums;
  }

  .line {
    display: flex;
    flex-wrap: wrap;
    align-items: end;
    gap: 0 var(--s2);
    max-width: min(88%, 44rem);
    padding: var(--s2) var(--s3);
    border-radius: var(--round);
    background: var(--sunken);
  }

  .own .line {
    background: var(--accent-soft);
  }

  .text {
    white-space: pre-wrap;
    overflow-wrap: anywhere;
    min-width: 0;
  }

  .secret {
    display: flex;
    align-items: center;
    gap: var(--s2);
  }

  .state {
    width: 100%;
    color: var(--ink-soft);
    font-size: var(--small);
  }

  .mark {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: var(--s1);
    margin-left: auto;
    color: var(--ink-soft);
    font-size: var(--small);
  }

  .mark svg {
    width: 1rem;
    height: 1rem;
  }

  .read {
    color: var(--accent);
  }

  .text a {
    color: var(--accent);
  }

  .bad {
    color: var(--bad);
  }

  .failed.line {
    background: var(--bad-soft);
  }

  .new {
    position: absolute;
    bottom: var(--s2);
    left: 50%;
    translate: -50% 0;
    border-radius: 999px;
    box-shadow: var(--shadow);
  }
`;

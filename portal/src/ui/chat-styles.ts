import { css } from "lit";

/** How the window of a session looks. */
export const chatStyles = css`
  :host {
    display: flex;
    min-width: 0;
    min-height: 0;
  }

  section {
    display: flex;
    position: relative;
    flex: 1;
    flex-direction: column;
    min-width: 0;
    min-height: 0;
    background: var(--surface);
  }

  .shaken {
    animation: shake 0.6s ease-in-out;
  }

  @keyframes shake {
    20%,
    60% {
      translate: -0.3rem 0;
    }

    40%,
    80% {
      translate: 0.3rem 0;
    }
  }

  @keyframes glow {
    50% {
      background: var(--accent-soft);
    }
  }

  @media (prefers-reduced-motion: reduce) {
    .shaken {
      animation: glow 2s;
    }
  }

  header {
    display: flex;
    align-items: center;
    gap: var(--s1);
    padding: var(--s2) var(--s2) 0 var(--s4);
  }

  .back {
    display: none;
    margin-left: calc(-1 * var(--s2));
  }

  .about {
    flex: 1;
    min-width: 0;
  }

  h2 {
    overflow: hidden;
    font-size: var(--body);
    font-weight: 650;
    text-overflow: ellipsis;
    white-space: nowrap;
  }

  .about p {
    display: flex;
    align-items: center;
    gap: var(--s1);
    color: var(--ink-soft);
    font-size: var(--small);
    white-space: nowrap;
  }

  .about svg {
    width: 1rem;
    height: 1rem;
    color: var(--good);
  }

  .device,
  p.ticket {
    overflow: hidden;
    text-overflow: ellipsis;
  }

  .about p.ticket {
    display: block;
  }

  parley-elapsed {
    margin-left: var(--s2);
    font-variant-numeric: tabular-nums;
  }

  .people {
    display: flex;
    align-items: center;
    gap: var(--s2);
    padding: 0 var(--s2) var(--s1) var(--s4);
    border-bottom: 1px solid var(--line);
    color: var(--ink-soft);
    font-size: var(--small);
  }

  .people p {
    flex: 1;
    min-width: 0;
    overflow-wrap: anywhere;
  }

  .notes p {
    display: flex;
    align-items: center;
    gap: var(--s2);
    padding: var(--s1) var(--s4);
    color: var(--warn);
    background: var(--warn-soft);
    font-size: var(--small);
  }

  .notes svg {
    width: 1rem;
    height: 1rem;
  }

  /* The line has its height also while nobody types, so that nothing moves. */
  .below {
    display: flex;
    align-items: center;
    justify-content: space-between;
    gap: var(--s3);
    height: 1.5rem;
    padding: 0 var(--s4);
    color: var(--ink-soft);
    font-size: var(--small);
    white-space: nowrap;
  }

  .typing {
    overflow: hidden;
    min-width: 0;
    text-overflow: ellipsis;
  }

  .reach {
    position: relative;
    display: flex;
    flex: none;
    align-items: center;
    gap: var(--s1);
  }

  .reach svg {
    width: 1rem;
    height: 1rem;
  }

  .reach.read {
    color: var(--accent);
  }

  .ended {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: var(--s2) var(--s3);
    padding: var(--s3) var(--s4);
    border-top: 1px solid var(--line);
    background: var(--sunken);
  }

  .ended p {
    flex: 1;
    min-width: 12rem;
  }

  @media (max-width: 48rem) {
    .back {
      display: inline-flex;
    }

    /* There are no windows beside each other on a phone. */
    .popOut {
      display: none;
    }
  }

  /* The desk shows one window at a time. */
  @container (max-width: 44rem) {
    .minimise,
    parley-corner {
      display: none;
    }
  }

  /* Where windows stand side by side, one may have a size of its own; that
     counts for more than what the desk says. */
  @container (min-width: 44.01rem) {
    :host([resized]) {
      flex: 0 1 var(--chat-height) !important;
      width: var(--chat-width);
      max-width: 100%;
    }
  }
`;

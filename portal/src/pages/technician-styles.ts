import { css } from "lit";

/** How the technician's page is laid out: the side column, and the desk beside it. */
export const technicianStyles = css`
  main:not(.waiting) {
    display: grid;
    flex: 1;
    grid-template: auto 1fr / minmax(20rem, 24rem) 1fr;
    min-height: 0;
  }

  parley-requests {
    border-inline-end: 1px solid var(--line);
    background: var(--surface);
  }

  parley-desk {
    grid-area: 1 / 2 / span 2;
  }

  .side {
    display: flex;
    flex-direction: column;
    gap: var(--s6);
    min-width: 0;
    overflow-y: auto;
    padding: var(--s4);
    border-inline-end: 1px solid var(--line);
    background: var(--surface);
  }

  @media (max-width: 48rem) {
    main:not(.waiting) {
      grid-template: auto 1fr auto / minmax(0, 1fr);
    }

    main.chat {
      grid-template-rows: auto 1fr;
    }

    parley-requests,
    .side {
      border-inline-end: 0;
    }

    parley-desk {
      grid-area: auto;
    }

    .chat .side {
      display: none;
    }
  }
`;

import { css, html, type TemplateResult } from "lit";
import type { Entry, Session } from "../protocol/wire";
import { saidIn, systemLines } from "./words";

/** What was found on looking into a session without taking part in it. */
export type Glimpse = { kind: "reading" } | { kind: "lines"; entries: readonly Entry[] } | { kind: "closed" };

/** Draws what was found in a session; closed is what to say where it is not to be read. */
export function glimpseOf(glimpse: Glimpse, { contact }: Session, closed: string): TemplateResult {
  if (glimpse.kind === "reading") return html`<p class="soft" role="status">Reading…</p>`;
  if (glimpse.kind === "closed") return html`<p class="soft" role="status">${closed}</p>`;
  return html`<ol class="lines" aria-label=${`Messages of ${contact.name}`} tabindex="0">
    ${glimpse.entries.flatMap((entry) =>
      entry.kind === "message"
        ? [html`<li><b>${entry.by.name}:</b> ${saidIn(entry)}</li>`]
        : systemLines(entry, contact).map(({ text }) => html`<li class="soft">${text}</li>`),
    )}
  </ol>`;
}

/** The look of what was found. */
export const glimpseStyles = css`
  .lines {
    max-height: 16rem;
    padding: var(--s2);
    overflow-y: auto;
    border: 1px solid var(--line);
    border-radius: var(--round);
    background: var(--sunken);
  }

  .lines li {
    white-space: pre-line;
  }
`;

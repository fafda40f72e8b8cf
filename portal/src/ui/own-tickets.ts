import { css, html, LitElement, nothing, type TemplateResult } from "lit";
import { customElement, property } from "lit/decorators.js";
import type { Ticket } from "../protocol/wire";
import { controls } from "./controls";
import { tell } from "./events";
import { agoWords, wholeTime } from "./time";

/** A contact's own open tickets, each with a chat about it. Without any it shows nothing. */
@customElement("parley-own-tickets")
export class OwnTickets extends LitElement {
  @property({ attribute: false }) tickets: readonly Ticket[] = [];
  /** Whether there are further ones. */
  @property({ type: Boolean }) more = false;
  /** Whether a request is on its way. */
  @property({ type: Boolean }) busy = false;
  /** How far the service's clock is ahead of this one, in milliseconds. */
  @property({ type: Number }) ahead = 0;

  protected override render(): TemplateResult | typeof nothing {
    if (this.tickets.length === 0) return nothing;
    return html`<section aria-labelledby="title">
      <h2 id="title">Your open tickets</h2>
      <ul>
        ${this.tickets.map((ticket) => this.ticket(ticket))}
      </ul>
      ${
        this.more
          ? html`<button type="button" @click=${() => tell(this, "parley-more-tickets", null)}>
              Show more tickets
            </button>`
          : nothing
      }
    </section>`;
  }

  private ticket({ id, number, subject, createdAt }: Ticket): TemplateResult {
    return html`<li>
      <div class="about">
        <p>${subject}</p>
        <p class="soft" title=${wholeTime(createdAt)}>
          Ticket ${number}, opened ${agoWords(createdAt, Date.now() + this.ahead)}
        </p>
      </div>
      <button
        type="button"
        aria-label=${`Chat about ticket ${number}: ${subject}`}
        aria-disabled=${this.busy}
        @click=${() => this.busy || tell(this, "parley-ask", { problem: subject, ticket: id })}
      >
        Chat about this
      </button>
    </li>`;
  }

  static override styles = [
    controls,
    css`
      section {
        margin-top: var(--s6);
        overflow-wrap: anywhere;
      }

      h2 {
        font-size: var(--body);
      }

      li {
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        gap: var(--s2) var(--s4);
        padding: var(--s3) 0;
        border-bottom: 1px solid var(--line);
      }

      .about {
        flex: 1 1 14rem;
        min-width: 0;
      }

      .soft {
        color: var(--ink-soft);
        font-size: var(--small);
      }

      section > button {
        width: 100%;
        margin-top: var(--s3);
      }
    `,
  ];
}

declare global {
  interface HTMLElementTagNameMap {
    "parley-own-tickets": OwnTickets;
  }
}

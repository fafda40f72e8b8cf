import { css, html, LitElement, nothing, type TemplateResult } from "lit";
import { customElement, property } from "lit/decorators.js";
import { isOver, takesPart, type LookedInto } from "../client/index";
import type { Activity, Person, Session, Ticket } from "../protocol/wire";
import { controls } from "./controls";
import { tell } from "./events";
import { glimpseOf, glimpseStyles } from "./glimpse";
import "./presence-mark";
import type { Picked } from "./sessions";
import { agoWords, dayName, localTime, wholeTime } from "./time";
import { listed } from "./words";

const stateWords: Record<Session["state"], string> = {
  connecting: "waits for a yes",
  requested: "waits for an answer",
  active: "goes on",
  ended: "ended",
  cancelled: "withdrawn",
  declined: "declined",
  abandoned: "not answered",
};

/** One ticket: whose it is, about what, and what can be done about it. */
@customElement("parley-ticket-card")
export class TicketCard extends LitElement {
  @property({ attribute: false }) ticket!: Ticket;
  @property({ attribute: false }) me!: Person;
  /** Whether its contact is there; undefined while nobody knows. */
  @property() activity: Activity | undefined;
  /** A session about it that is not over. */
  @property({ attribute: false }) going: Session | undefined;
  /** Its sessions, once the reader has opened it. */
  @property({ attribute: false }) looked: LookedInto | undefined;
  /** The session whose messages the reader wants to see. */
  @property({ attribute: false }) picked: Picked | undefined;
  /** The service's clock, in milliseconds since 1970. */
  @property({ type: Number }) now = Date.now();

  protected override render(): TemplateResult {
    const { ticket, looked } = this;
    const { id, number, subject, contact, company, createdAt } = ticket;
    return html`
      <button
        class="pick quiet"
        type="button"
        aria-expanded=${looked !== undefined}
        aria-label=${`Look into ticket ${number}: ${subject}`}
        @click=${() => tell(this, "parley-look-ticket", { ticket: id })}
      >
        <span class="subject">${subject}</span>
        <span class="soft">${number}</span>
      </button>
      <p class="who">
        <b>${contact.name}</b>
        ${this.activity ? html`<parley-presence value=${this.activity}></parley-presence>` : nothing}
        <span class="soft">${company}</span>
        <span class="soft" title=${wholeTime(createdAt)}>Opened ${agoWords(createdAt, this.now)}</span>
      </p>
      ${this.closing()} ${looked ? this.sessions(looked) : nothing}
      <div class="buttons">${ticket.state === "open" ? this.work() : this.again()}</div>
    `;
  }

  private closing(): TemplateResult | typeof nothing {
    const { closing } = this.ticket;
    if (!closing) return nothing;
    return html`<p class="soft" title=${wholeTime(closing.at)}>
      Closed by ${closing.by.name} ${agoWords(closing.at, this.now)}${closing.note ? `: ${closing.note}` : ""}
    </p>`;
  }

  private work(): TemplateResult {
    const { going, ticket, activity } = this;
    const { number, contact } = ticket;
    const own = going !== undefined && takesPart(going, this.me.id);
    const why = going ? goingWords(going) : unreachedWords(contact.name, activity);
    return html`${own || why === "" ? nothing : html`<span class="soft" id="why">${why}</span>`}
      <span class="both">
        ${own ? this.show(going.id) : this.chat(why === "")}
        <button
          type="button"
          aria-label=${`Close ticket ${number}`}
          @click=${() => tell(this, "parley-close-ticket", { ticket })}
        >
          Close
        </button>
      </span>`;
  }

  private show(session: string): TemplateResult {
    return html`<button
      type="button"
      aria-label=${`Show the chat about ticket ${this.ticket.number}`}
      @click=${() => tell(this, "parley-show", { session })}
    >
      Show chat
    </button>`;
  }

  private chat(possible: boolean): TemplateResult {
    const { id, number, contact, company } = this.ticket;
    return html`<button
      class="primary"
      type="button"
      aria-label=${`Chat with ${contact.name} about ticket ${number}`}
      ?disabled=${!possible}
      aria-describedby=${possible ? nothing : "why"}
      @click=${() => tell(this, "parley-push", { ticket: id, name: contact.name, company })}
    >
      Chat
    </button>`;
  }

  private again(): TemplateResult {
    const { id, number } = this.ticket;
    return html`<button
      type="button"
      aria-label=${`Reopen ticket ${number}`}
      @click=${() => tell(this, "parley-reopen-ticket", { ticket: id })}
    >
      Reopen
    </button>`;
  }

  private sessions(looked: LookedInto): TemplateResult {
    if (looked.kind === "reading") return html`<p class="soft" role="status">Reading…</p>`;
    if (looked.kind === "failed") return html`<p class="bad" role="alert">${looked.fault.message}</p>`;
    const { ticket } = this;
    const gone = ticket.sessions.filter(({ session }) => !looked.sessions.some(({ id }) => id === session));
    return html`
      <ul aria-label=${`Sessions of ticket ${ticket.number}`} ?hidden=${looked.sessions.length === 0}>
        ${looked.sessions.map((session) => this.session(session))}
      </ul>
      ${ticket.sessions.length === 0 ? html`<p class="soft">There was no session about it yet.</p>` : nothing}
      ${
        gone.length > 0
          ? html`<p class="soft">
              ${gone.length === 1 ? "One session is" : `${gone.length} sessions are`} not kept any more.
            </p>`
          : nothing
      }
    `;
  }

  private session(session: Session): TemplateResult {
    const { id, createdAt, participants, state } = session;
    const picked = this.picked?.session === id ? this.picked : undefined;
    const helpers = participants.filter(({ role }) => role === "technician").map(({ name }) => name);
    const when = wholeTime(createdAt);
    const open = isOver(state) ? "The messages could not be read." : "It can be read here once it has ended.";
    return html`<li>
      <button
        class="pick quiet"
        type="button"
        aria-expanded=${picked !== undefined}
        aria-label=${`Read the session of ${when}`}
        @click=${() => tell(this, "parley-pick", { session: id })}
      >
        <span>${dayName(createdAt, this.now)} ${localTime(createdAt)}</span>
        <span class="soft">${stateWords[state]}${helpers.length > 0 ? `, ${listed(helpers)}` : ""}</span>
      </button>
      ${session.closing?.note ? html`<p class="soft">Note: ${session.closing.note}</p>` : nothing}
      ${picked ? glimpseOf(picked.glimpse, session, open) : nothing}
    </li>`;
  }

  static override styles = [
    controls,
    glimpseStyles,
    css`
      :host {
        display: grid;
        grid-template-columns: minmax(0, 1fr);
        gap: var(--s1);
        padding: var(--s2) 0 var(--s3);
        overflow-wrap: anywhere;
      }

      .pick {
        flex-wrap: wrap;
        justify-content: space-between;
        gap: 0 var(--s3);
        width: calc(100% + 2 * var(--s2));
        margin-inline: calc(-1 * var(--s2));
        padding: 0 var(--s2);
        text-align: start;
      }

      .subject {
        display: -webkit-box;
        overflow: hidden;
        -webkit-box-orient: vertical;
        -webkit-line-clamp: 2;
        font-weight: 600;
      }

      [aria-expanded="true"] .subject {
        display: block;
      }

      .soft {
        color: var(--ink-soft);
        font-size: var(--small);
        font-variant-numeric: tabular-nums;
      }

      .bad {
        color: var(--bad);
      }

      .who {
        display: flex;
        flex-wrap: wrap;
        align-items: baseline;
        gap: 0 var(--s3);
      }

      b {
        font-weight: 400;
      }

      .lines b {
        font-weight: 600;
      }

      ul {
        padding-inline-start: var(--s3);
        border-inline-start: 2px solid var(--line);
      }

      .buttons {
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        justify-content: end;
        gap: var(--s2);
      }

      .both {
        display: flex;
        gap: var(--s2);
      }

      .buttons .soft {
        flex: 1 1 9rem;
      }
    `,
  ];
}

function goingWords({ state, participants }: Session): string {
  if (state === "requested") return "Somebody waits with it. Answer them under Waiting.";
  const helpers = participants.filter(({ role, joined }) => role === "technician" && joined);
  return `${listed(helpers.map(({ name }) => name)) || "A colleague"} is in a chat about it.`;
}

function unreachedWords(name: string, activity: Activity | undefined): string {
  switch (activity) {
    case "online":
      return "";
    case "away":
      return `${name} is away. A chat can be started when they are back.`;
    case "offline":
      return `${name} is offline. A chat can be started once they are online.`;
    case undefined:
      return `Looking whether ${name} is there…`;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "parley-ticket-card": TicketCard;
  }
}

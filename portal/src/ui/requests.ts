import { css, html, LitElement, nothing, type PropertyValues, type TemplateResult } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import { repeat } from "lit/directives/repeat.js";
import { isOffered, waitsSince } from "../client/index";
import type { Person, Session } from "../protocol/wire";
import { controls } from "./controls";
import "./elapsed";
import { tell } from "./events";
import { icon } from "./icons";
import { askingWords } from "./session-groups";

const most = 3; // More would leave no room for the lists below.

/** What asks for the technician right now, at the top left of the page: new requests, and sessions handed on. */
@customElement("parley-requests")
export class Requests extends LitElement {
  @property({ attribute: false }) sessions: readonly Session[] = [];
  @property({ attribute: false }) me!: Person;
  @property({ type: Number }) ahead = 0;

  @state() private spoken = "";

  // A screen reader hears of what is new, and not of what stays.
  protected override willUpdate(changed: PropertyValues<this>): void {
    if (!changed.has("sessions")) return;
    const before = new Set(changed.get("sessions")?.map(({ id }) => id));
    const fresh = this.sessions.filter(({ id }) => !before.has(id));
    if (fresh.length > 0 || this.sessions.length === 0) {
      this.spoken = fresh.map((one) => `${askingWords(one)}. ${one.problem ?? ""}`).join(" ");
    }
  }

  protected override render(): TemplateResult {
    const more = this.sessions.length - most;
    return html`
      <p class="unseen" role="status">${this.spoken}</p>
      <section aria-label="New requests" ?hidden=${this.sessions.length === 0}>
        <ul>
          ${repeat(
            this.sessions.slice(0, most),
            ({ id }) => id,
            (session) => html`<li data-session=${session.id}>${this.card(session)}</li>`,
          )}
        </ul>
        ${more > 0 ? html`<p class="soft">And ${more} more, in the list of those who wait.</p>` : nothing}
      </section>
    `;
  }

  /** Brings the focus to what answers a session, where it is shown. */
  focusOn(session: string): void {
    this.renderRoot.querySelector<HTMLElement>(`[data-session="${session}"] .primary`)?.focus();
  }

  private card(session: Session): TemplateResult {
    const { problem, company } = session;
    const offered = isOffered(session, this.me.id);
    return html`
      ${icon(offered ? "people" : "chat")}
      <div class="about">
        <p><b>${askingWords(session)}</b></p>
        ${problem ? html`<p class="problem">${problem}</p>` : nothing}
        <p class="soft">
          ${company},
          <parley-elapsed
            name="Waiting time"
            .since=${waitsSince(session)}
            .ahead=${this.ahead}
          ></parley-elapsed>
        </p>
      </div>
      <div class="buttons">${offered ? this.taking(session) : this.answering(session)}</div>
    `;
  }

  private answering({ id, contact }: Session): TemplateResult {
    return html`<button
        class="primary"
        type="button"
        aria-label=${`Answer ${contact.name} now`}
        @click=${() => tell(this, "parley-join", { session: id, answer: true })}
      >
        Answer
      </button>
      <button
        class="quiet"
        type="button"
        aria-label=${`Not now: ${contact.name}`}
        @click=${() => tell(this, "parley-later", { session: id })}
      >
        Not now
      </button>`;
  }

  private taking({ id, contact, owner }: Session): TemplateResult {
    const from = owner === undefined ? {} : { from: owner };
    return html`<button
        class="primary"
        type="button"
        aria-label=${`Take over ${contact.name} now`}
        @click=${() => tell(this, "parley-take", { session: id, ...from })}
      >
        Take
      </button>
      <button
        class="quiet"
        type="button"
        aria-label=${`Cannot take over ${contact.name}`}
        @click=${() => tell(this, "parley-refuse", { session: id })}
      >
        Cannot
      </button>`;
  }

  static override styles = [
    controls,
    css`
      :host {
        display: block;
      }

      section {
        padding: var(--s4) var(--s4) 0;
      }

      li {
        display: flex;
        align-items: start;
        gap: var(--s2);
        margin-bottom: var(--s2);
        padding: var(--s3);
        border: 1px solid var(--line);
        border-inline-start: 4px solid var(--accent);
        border-radius: var(--round);
        background: var(--accent-soft);
        box-shadow: var(--shadow);
        overflow-wrap: anywhere;
      }

      li > svg {
        margin-top: 0.15rem;
        color: var(--accent);
      }

      .about {
        flex: 1;
        min-width: 0;
      }

      .problem {
        display: -webkit-box;
        overflow: hidden;
        -webkit-box-orient: vertical;
        -webkit-line-clamp: 3;
      }

      .soft {
        color: var(--ink-soft);
        font-size: var(--small);
        font-variant-numeric: tabular-nums;
      }

      .buttons {
        display: grid;
        gap: var(--s1);
      }
    `,
  ];
}

declare global {
  interface HTMLElementTagNameMap {
    "parley-requests": Requests;
  }
}

import { css, html, LitElement, nothing, type TemplateResult } from "lit";
import { customElement, property } from "lit/decorators.js";
import { isOffered, takesPart, waitsSince } from "../client/index";
import type { Person, Session } from "../protocol/wire";
import { titleOf } from "./chat-notes";
import { controls } from "./controls";
import "./elapsed";
import { tell, type Told } from "./events";
import { glimpseOf, glimpseStyles, type Glimpse } from "./glimpse";
import { icon } from "./icons";
import { kindMark } from "./kind-mark";
import { chargeWords, type Group } from "./session-groups";
import { wholeTime } from "./time";

const aDay = 86_400_000; // Milliseconds, after which a date says more than a running time.

const closedWords: Record<Group, string> = {
  mine: "",
  waiting: "Answer to read all that was written.",
  others: "Join the session to read its messages.",
  ondemand: "Join the session to read its messages.",
  abandoned: "What was asked stands above. Those who took part can read more.",
  callbacks: "What was asked stands above. Those who took part can read more.",
};

/** One session in the session manager: whose it is, how long it waits, and what can be done about it. */
@customElement("parley-session-card")
export class SessionCard extends LitElement {
  @property({ attribute: false }) session!: Session;
  /** Where the session manager shows it. */
  @property() group: Group = "others";
  @property({ attribute: false }) me!: Person;
  @property({ type: Number }) ahead = 0;
  /** Whether the contact can be written to now. */
  @property({ type: Boolean }) reachable = false;
  /** What is in the session, once the reader has picked it. */
  @property({ attribute: false }) glimpse: Glimpse | undefined;

  protected override render(): TemplateResult {
    const { session, glimpse } = this;
    const own = this.group === "mine";
    const { problem, callback, ticket } = session;
    const title = titleOf(session, this.me);
    return html`
      <button
        class="pick quiet"
        type="button"
        aria-expanded=${own ? nothing : glimpse !== undefined}
        aria-label=${`${own ? "Show session" : "Look into the session"} with ${title}`}
        @click=${() => tell(this, own ? "parley-show" : "parley-pick", { session: session.id })}
      >
        <span class="name">${title}</span>
        <span class="soft where">${this.where()}</span>
      </button>
      ${ticket ? html`<p class="soft">Ticket ${ticket.number}</p>` : nothing}
      ${problem ? html`<p class=${glimpse ? "" : "problem"}>${problem}</p>` : nothing}
      ${
        callback
          ? html`<p class="callback">
              <a href=${`tel:${callback.phone.replace(/[^+\d]/g, "")}`} aria-label=${`Call ${callback.phone}`}
                >${icon("phone")}${callback.phone}</a
              >
              ${callback.note ? html`<span>${callback.note}</span>` : nothing}
            </p>`
          : nothing
      }
      <p class="soft">${this.times()}</p>
      ${this.looked()}
      <div class="buttons">${this.buttons()}</div>
    `;
  }

  private where(): TemplateResult {
    const { kind, company, device } = this.session;
    if (kind === "staff") return html`Colleague`;
    const marked = kind === "managed" || kind === "ondemand" ? kindMark(this.session) : nothing;
    return html`${marked}${device ? `${device.name}, ` : ""}${company}`;
  }

  private times(): TemplateResult {
    const { createdAt, startedAt, endedAt, kind } = this.session;
    switch (this.group) {
      case "waiting":
        return isOffered(this.session, this.me.id)
          ? html`${this.session.transfer?.by.name} asks you to take it over`
          : html`Waiting for ${this.running("Waiting time", waitsSince(this.session))}`;
      case "mine":
      case "ondemand":
      case "others":
        if (this.session.state === "connecting") {
          return html`Connecting for ${this.running("Waiting time", createdAt)}`;
        }
        return html`${this.running("Session time", startedAt ?? createdAt)}${
          kind === "staff" ? nothing : `, ${chargeWords(this.session, this.me)}`
        }`;
      case "abandoned":
      case "callbacks":
        return this.age(endedAt ?? createdAt);
    }
  }

  private running(name: string, since: number): TemplateResult {
    return html`<parley-elapsed name=${name} .since=${since} .ahead=${this.ahead}></parley-elapsed>`;
  }

  private age(since: number): TemplateResult {
    if (Date.now() + this.ahead - since > aDay) return html`Left on ${wholeTime(since)}`;
    return html`Left ${this.running("Time since they left", since)} ago`;
  }

  private looked(): TemplateResult | typeof nothing {
    const { glimpse, session } = this;
    if (!glimpse || this.group === "mine" || takesPart(session, this.me.id)) return nothing;
    return glimpseOf(glimpse, session, closedWords[this.group]);
  }

  private buttons(): TemplateResult {
    const { session, reachable } = this;
    const { id, owner } = session;
    const name = titleOf(session, this.me);
    switch (this.group === "ondemand" ? (takesPart(session, this.me.id) ? "mine" : "others") : this.group) {
      case "mine":
        return this.button("Show", `Show ${name}`, () => tell(this, "parley-show", { session: id }));
      case "waiting":
        if (isOffered(session, this.me.id)) {
          return html`${this.button("Take", `Take the session with ${name}`, () => this.take(), "primary")}
          ${this.button("Cannot", `Cannot take the session with ${name}`, () => this.tellOf("parley-refuse"))}`;
        }
        return this.button(
          "Answer",
          `Answer ${name}`,
          () => tell(this, "parley-join", { session: id, answer: true }),
          "primary",
        );
      case "others":
        return html`${this.button("Join session", `Join session with ${name}`, () =>
          tell(this, "parley-join", { session: id }),
        )}
        ${
          owner === undefined
            ? this.button("Take charge", `Take charge of the session with ${name}`, () => this.take())
            : this.button("Take over", `Take over the session with ${name}`, () =>
                this.tellOf("parley-take-over"),
              )
        }`;
      case "abandoned":
      case "callbacks":
        return html`
          ${
            reachable
              ? this.button("Start a chat", `Start a chat with ${name}`, () => this.start(), "primary")
              : html`<span class="soft">Not online now, so no chat can be started.</span>`
          }
          ${this.button("End session", `End the session with ${name}`, () => this.tellOf("parley-finish"))}
        `;
    }
  }

  private button(text: string, label: string, press: () => void, look = ""): TemplateResult {
    return html`<button class=${look} type="button" aria-label=${label} @click=${press}>${text}</button>`;
  }

  private tellOf(name: "parley-refuse" | "parley-take-over" | "parley-finish"): void {
    tell(this, name, { session: this.session.id });
  }

  private take(): void {
    const { id, owner } = this.session;
    tell(this, "parley-take", { session: id, ...(owner === undefined ? {} : { from: owner }) });
  }

  private start(): void {
    const { contact, company, device, ticket } = this.session;
    if (ticket) return tell(this, "parley-push", { ticket: ticket.id, name: contact.name, company });
    const wish: Told["parley-start"] = { contact: contact.id, name: contact.name, company, with: "text" };
    tell(this, "parley-start", device ? { ...wish, device: device.id } : wish);
  }

  static override styles = [
    controls,
    glimpseStyles,
    css`
      :host {
        display: grid;
        gap: var(--s1);
        padding: var(--s2) 0 var(--s3);
        overflow-wrap: anywhere;
      }

      .pick {
        flex-wrap: wrap;
        justify-content: space-between;
        gap: 0 var(--s3);
        margin-inline: calc(-1 * var(--s2));
        padding: 0 var(--s2);
        text-align: start;
      }

      .name {
        font-weight: 600;
      }

      .soft {
        color: var(--ink-soft);
        font-size: var(--small);
        font-variant-numeric: tabular-nums;
      }

      .where,
      .callback a {
        display: inline-flex;
        align-items: center;
        gap: var(--s1);
      }

      .where .kind {
        display: inline-flex;
        color: var(--good);
      }

      .where svg {
        width: 0.95rem;
        height: 0.95rem;
      }

      .problem {
        display: -webkit-box;
        overflow: hidden;
        -webkit-box-orient: vertical;
        -webkit-line-clamp: 2;
      }

      .callback {
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        gap: 0 var(--s3);
      }

      .callback a {
        min-height: 1.75rem;
        color: var(--accent);
        font-weight: 600;
      }

      .buttons {
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        justify-content: end;
        gap: var(--s2);
      }

      .buttons .soft {
        flex: 1 1 10rem;
      }
    `,
  ];
}

declare global {
  interface HTMLElementTagNameMap {
    "parley-session-card": SessionCard;
  }
}

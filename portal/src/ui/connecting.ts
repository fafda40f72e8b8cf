import { css, html, LitElement, nothing, type TemplateResult } from "lit";
import { customElement, property } from "lit/decorators.js";
import type { Person, Session } from "../protocol/wire";
import { controls } from "./controls";
import "./elapsed";
import { tell } from "./events";
import { icon } from "./icons";

/** A session to which the contact has not agreed yet, and what became of it where they did not. */
@customElement("parley-connecting")
export class Connecting extends LitElement {
  @property({ attribute: false }) session!: Session;
  @property({ attribute: false }) me!: Person;
  @property({ type: Number }) ahead = 0;
  /** Whether the page has lists to go back to where one thing is seen at a time. */
  @property({ type: Boolean }) lists = false;

  /** Whether a session is shown so, and not as a chat. */
  static shows({ state }: Session, me: Person): boolean {
    const refused = state === "declined" || state === "cancelled";
    return me.role === "technician" && (state === "connecting" || refused);
  }

  /** Puts the focus on what can be done. */
  override focus(): void {
    void this.updateComplete.then(() =>
      this.renderRoot.querySelector<HTMLElement>(".buttons button:last-child")?.focus(),
    );
  }

  protected override render(): TemplateResult {
    const { contact, company, device, state } = this.session;
    const waits = state === "connecting";
    return html`<section aria-label=${`Request to ${contact.name}`}>
      <header>
        <button
          class="icon quiet back"
          type="button"
          aria-label="Back to the lists"
          ?hidden=${!this.lists}
          @click=${() => tell(this, "parley-lists", null)}
        >
          ${icon("back")}
        </button>
        <div>
          <h2>${contact.name}</h2>
          <p class="soft">${device ? html`${icon("device")}${device.name}` : company}</p>
        </div>
      </header>
      <div class="body">
        <div class="state" role="status">
          ${waits ? html`<span class="turning" aria-hidden="true"></span>` : icon("info")}
          <p>
            <b>${waits ? this.doing() : this.outcome()}</b><br />
            ${waits ? this.meaning() : "No session has begun."}
          </p>
        </div>
        ${
          waits
            ? html`<p class="soft">
                Waiting for
                <parley-elapsed
                  name="Waiting time"
                  .since=${this.session.createdAt}
                  .ahead=${this.ahead}
                ></parley-elapsed>
              </p>`
            : nothing
        }
        <div class="buttons">${waits ? this.waiting() : this.over()}</div>
      </div>
    </section>`;
  }

  private doing(): string {
    const { kind, contact } = this.session;
    if (kind === "ondemand") return "Waiting for somebody to come by the code";
    return kind === "guest" ? "Waiting for somebody to come by the link" : `Connecting to ${contact.name}…`;
  }

  private meaning(): string {
    if (this.session.kind === "guest") return "The chat begins as soon as they have said their name.";
    if (this.session.kind === "ondemand" && this.session.asks !== true)
      return "The chat begins as soon as they have typed it.";
    return "They are asked on their screen whether to begin. Nothing is shown to them before they agree.";
  }

  private outcome(): string {
    const { name } = this.session.contact;
    return this.session.state === "declined" ? `${name} has declined.` : "The request was withdrawn.";
  }

  private waiting(): TemplateResult {
    const { id, kind } = this.session;
    const invited = kind === "ondemand" || kind === "guest";
    return html`<button type="button" @click=${() => tell(this, "parley-cancel", { session: id })}>
        Cancel
      </button>
      ${
        invited
          ? html`<button
              class="primary"
              type="button"
              @click=${() => tell(this, "parley-show-invite", { session: id })}
            >
              ${kind === "ondemand" ? "Show the code" : "Show the link"}
            </button>`
          : nothing
      }`;
  }

  private over(): TemplateResult {
    const { id, contact, company, device } = this.session;
    const again = { contact: contact.id, name: contact.name, company, with: "text" as const };
    const invited = this.session.kind === "ondemand" || this.session.kind === "guest";
    return html`<button
        type="button"
        ?hidden=${invited}
        @click=${() => {
          tell(this, "parley-close", { session: id });
          tell(this, "parley-start", device ? { ...again, device: device.id } : again);
        }}
      >
        Ask again
      </button>
      <button class="primary" type="button" @click=${() => tell(this, "parley-close", { session: id })}>
        Close
      </button>`;
  }

  static override styles = [
    controls,
    css`
      :host {
        display: flex;
        min-width: 0;
        background: var(--surface);
      }

      section {
        display: flex;
        flex: 1;
        flex-direction: column;
        min-width: 0;
      }

      header {
        display: flex;
        align-items: center;
        gap: var(--s2);
        padding: var(--s2) var(--s3);
        border-bottom: 1px solid var(--line);
      }

      h2 {
        font-size: var(--body);
        overflow-wrap: anywhere;
      }

      .soft {
        display: flex;
        align-items: center;
        gap: var(--s1);
        color: var(--ink-soft);
        font-size: var(--small);
      }

      header svg {
        width: 0.95rem;
        height: 0.95rem;
      }

      .back svg {
        width: 1.25rem;
        height: 1.25rem;
      }

      .body {
        display: grid;
        align-content: center;
        justify-items: center;
        flex: 1;
        gap: var(--s4);
        padding: var(--s6);
        overflow-y: auto;
      }

      .state {
        display: grid;
        justify-items: center;
        gap: var(--s3);
        max-width: 24rem;
        text-align: center;
      }

      .turning {
        width: 2.25rem;
        height: 2.25rem;
        border: 3px solid var(--line);
        border-top-color: var(--accent);
        border-radius: 50%;
        animation: turn 1.2s linear infinite;
      }

      @keyframes turn {
        to {
          rotate: 1turn;
        }
      }

      @media (prefers-reduced-motion: reduce) {
        .turning {
          animation-duration: 6s;
        }
      }

      .buttons {
        display: flex;
        gap: var(--s2);
      }

      @media (min-width: 48.01rem) {
        .back {
          display: none;
        }
      }
    `,
  ];
}

declare global {
  interface HTMLElementTagNameMap {
    "parley-connecting": Connecting;
  }
}

import { css, html, LitElement, nothing, type TemplateResult } from "lit";
import { customElement, property } from "lit/decorators.js";
import { repeat } from "lit/directives/repeat.js";
import type { DeviceRow, Person, RosterRow, Session } from "../protocol/wire";
import type { CallView } from "./call-panel";
import "./charge";
import "./chat";
import type { Chat } from "./chat";
import { titleOf, type ChatView } from "./chat-notes";
import { Connecting } from "./connecting";
import { controls } from "./controls";
import "./device-card";
import { deviceNow } from "./device-card";
import { tell } from "./events";
import { icon } from "./icons";

/** One open window on the desk. */
export interface DeskWindow {
  view: ChatView;
  call: CallView;
  /** Put away into the row at the bottom. */
  minimised: boolean;
  /** Messages that came while it was not to be seen. */
  unread: number;
}

/**
 * The open chat windows: side by side where there is room, one at a time where
 * there is not, with a row of buttons for those that are not to be seen.
 */
@customElement("parley-desk")
export class Desk extends LitElement {
  @property({ attribute: false }) windows: readonly DeskWindow[] = [];
  @property({ attribute: false }) me!: Person;
  /** The session in front where one is seen at a time; none while the lists are. */
  @property() front: string | undefined;
  @property({ type: Number }) ahead = 0;
  @property({ type: Boolean }) linked = false;
  @property({ type: Boolean }) tone = false;
  /** The end users and devices of the roster, on a technician's page. */
  @property({ attribute: false }) people: readonly RosterRow[] = [];
  @property({ attribute: false }) devices: ReadonlyMap<string, DeviceRow> = new Map();
  /** Whether the page has lists to go back to. */
  @property({ type: Boolean }) lists = false;

  /** Whether a window is drawn, and not put away or behind another. */
  shows(session: string): boolean {
    return (this.inside(session)?.getClientRects().length ?? 0) > 0;
  }

  /** Puts the caret into the message of a window. */
  async focusOn(session: string): Promise<void> {
    await this.updateComplete;
    this.inside(session)?.focus();
  }

  protected override render(): TemplateResult {
    return html`
      ${
        this.windows.length === 0
          ? html`<p class="empty">
              ${icon("chat")} No chat is open. Choose somebody to write to or to call, or join a session.
            </p>`
          : nothing
      }
      <div class="windows" ?hidden=${this.windows.length === 0}>
        ${repeat(
          this.windows,
          ({ view }) => view.session.id,
          (open) => this.window(open),
        )}
      </div>
      <nav aria-label="Open chats" ?hidden=${!this.needsTabs()}>
        ${this.windows.map((open) => this.tab(open))}
      </nav>
    `;
  }

  // A single chat that is in front already needs no button to bring it there.
  private needsTabs(): boolean {
    const [first, ...more] = this.windows;
    if (!first) return false;
    return more.length > 0 || first.minimised || first.view.session.id !== this.front;
  }

  private inside(session: string): Chat | Connecting | undefined {
    const all = this.renderRoot.querySelectorAll<Chat | Connecting>("parley-chat, parley-connecting");
    return [...all].find((one) => ("view" in one ? one.view.session : one.session).id === session);
  }

  private window(open: DeskWindow): TemplateResult {
    const { session } = open.view;
    const front = session.id === this.front;
    return html`<div class="window ${open.minimised ? "away" : ""} ${front ? "front" : ""}">
      ${
        Connecting.shows(session, this.me)
          ? html`<parley-connecting
              .session=${session}
              .me=${this.me}
              .ahead=${this.ahead}
              .lists=${this.lists}
            ></parley-connecting>`
          : this.chat(open)
      }
    </div>`;
  }

  private chat({ view, call }: DeskWindow): TemplateResult {
    return html`<parley-charge .session=${view.session} .me=${this.me}></parley-charge>
      ${this.device(view.session)}
      <parley-chat
        docked
        .lists=${this.lists}
        .view=${view}
        .call=${call}
        .me=${this.me}
        .ahead=${this.ahead}
        .linked=${this.linked}
        .tone=${this.tone}
      ></parley-chat>`;
  }

  // Only where the page knows of devices: a contact's does not.
  private device(session: Session): TemplateResult | typeof nothing {
    const person = this.people.find(({ id }) => id === session.contact.id);
    if (!this.devices.has(deviceNow(session, person) ?? "")) return nothing;
    return html`<parley-device-card
      .session=${session}
      .person=${person}
      .devices=${this.devices}
      .ahead=${this.ahead}
    ></parley-device-card>`;
  }

  private tab({ view, minimised, unread, call }: DeskWindow): TemplateResult {
    const { id } = view.session;
    const ringing = call.phase.kind === "ringing";
    return html`<button
      class=${minimised ? "tab" : "tab shown"}
      type="button"
      aria-current=${id === this.front ? "true" : nothing}
      @click=${() => tell(this, "parley-show", { session: id })}
    >
      ${icon(ringing ? "phone" : "chat")}<span class="title">${titleOf(view.session, this.me)}</span>
      ${ringing ? html`<span class="count">calling</span>` : nothing}
      ${unread > 0 ? html`<span class="count">${unread} <span class="unseen">new</span></span>` : nothing}
    </button>`;
  }

  static override styles = [
    controls,
    css`
      :host {
        container-type: inline-size;
        display: flex;
        flex-direction: column;
        justify-content: end;
        min-width: 0;
        min-height: 0;
      }

      .empty {
        display: flex;
        align-items: center;
        justify-content: center;
        gap: var(--s2);
        margin: auto;
        padding: var(--s4);
        color: var(--ink-soft);
      }

      .windows {
        display: flex;
        flex: 0 1 54rem;
        justify-content: end;
        gap: var(--s4);
        min-height: 0;
        padding: var(--s4) var(--s4) 0;
        overflow-x: auto;
      }

      .window {
        display: flex;
        flex: 1 0 22rem;
        flex-direction: column;
        max-width: 40rem;
        overflow: hidden;
        border: 1px solid var(--line);
        border-bottom: 0;
        border-radius: var(--round) var(--round) 0 0;
        box-shadow: var(--shadow);
      }

      parley-chat,
      parley-connecting {
        flex: 1;
        min-height: 0;
      }

      /* So that the first of many windows can be scrolled to. */
      .window:first-child {
        margin-left: auto;
      }

      .window.away {
        display: none;
      }

      nav {
        position: relative;
        display: flex;
        flex: none;
        gap: var(--s2);
        padding: var(--s1) var(--s4);
        overflow-x: auto;
        border-top: 1px solid var(--line);
        background: var(--surface);
      }

      .tab {
        max-width: 16rem;
        white-space: nowrap;
      }

      .title {
        overflow: hidden;
        text-overflow: ellipsis;
      }

      .count {
        padding: 0 var(--s2);
        border-radius: 999px;
        color: var(--on-accent);
        background: var(--accent);
        font-size: var(--small);
      }

      [aria-current] {
        border-color: var(--accent);
        background: var(--accent-soft);
      }

      /* Where the windows stand side by side, the row is for those put away. */
      @container (min-width: 44.01rem) {
        .shown,
        nav:not(:has(.tab:not(.shown))) {
          display: none;
        }

        /* As large as the chat in it was made by hand, where there is room. */
        .window:has(parley-chat[resized]) {
          flex: none;
          align-self: end;
          max-width: 100%;
          max-height: 100%;
        }
      }

      @container (max-width: 44rem) {
        .windows {
          flex: 1;
          padding: 0;
        }

        .windows .window {
          display: none;
          flex: 1;
          min-width: 0;
          max-width: none;
          border-width: 0;
          border-radius: 0;
          box-shadow: none;
        }

        .windows .window.front,
        .windows:not(:has(.front)) .window:last-child {
          display: flex;
        }
      }

      /* The lists have the screen to themselves, and the row of chats below. */
      @media (max-width: 48rem) {
        .empty,
        .windows:not(:has(.front)) {
          display: none;
        }
      }
    `,
  ];
}

declare global {
  interface HTMLElementTagNameMap {
    "parley-desk": Desk;
  }
}

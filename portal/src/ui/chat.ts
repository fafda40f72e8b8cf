import { html, LitElement, nothing, type PropertyValues, type TemplateResult } from "lit";
import { customElement, property, query, state } from "lit/decorators.js";
import { isOver } from "../client/index";
import type { Person } from "../protocol/wire";
import "./call-panel";
import { noCall, type CallView } from "./call-panel";
import {
  endOf,
  hasEnded,
  isNudged,
  nameOf,
  namesOf,
  notesOf,
  othersOf,
  peopleOf,
  placeOf,
  titleOf,
  toSilence,
  typingOf,
  type ChatView,
} from "./chat-notes";
import { menuOf } from "./chat-menu";
import "./chat-status";
import { chatStyles } from "./chat-styles";
import "./chat-tools";
import "./composer";
import type { Composer } from "./composer";
import "./confirm";
import type { Confirm } from "./confirm";
import { controls } from "./controls";
import "./elapsed";
import { tell } from "./events";
import { kindMark } from "./kind-mark";
import { icon, type IconName } from "./icons";
import "./help-dialog";
import type { HelpDialog } from "./help-dialog";
import "./menu";
import { preferences } from "./preferences";
import { reachOf } from "./reach";
import "./resize-corner";
import type { Stretch } from "./resize-corner";
import "./transcript";
import "./waiting";
import { listed } from "./words";

const none: readonly never[] = []; // One array, so that nothing is drawn again for a new one.
const reaches = { sent: "tick", delivered: "ticks", notified: "bell", read: "read" } as const;
const least = { width: 288, height: 320 }; // Pixels of a window that was made smaller.

/** The window of one session: who is in it, its call, what was said, and where one writes. */
@customElement("parley-chat")
export class Chat extends LitElement {
  @property({ attribute: false }) view!: ChatView;
  @property({ attribute: false }) call: CallView = noCall;
  @property({ attribute: false }) me!: Person;
  /** How far the service's clock is ahead of this one, in milliseconds. */
  @property({ type: Number }) ahead = 0;
  /** Whether this page is connected to the service. */
  @property({ type: Boolean }) linked = false;
  /** Whether ringing can be heard. */
  @property({ type: Boolean }) tone = false;
  /** Whether the window can be put away and brought back. */
  @property({ type: Boolean }) docked = false;
  /** Whether the page has lists to go back to where one thing is seen at a time. */
  @property({ type: Boolean }) lists = false;

  @state() private shaken = false;
  @query("parley-help") private readonly help!: HelpDialog;
  @query("parley-composer") private readonly composer!: Composer | null;
  @query("parley-confirm") private readonly confirmation!: Confirm;

  private silent: ReturnType<typeof setTimeout> | undefined;

  // One function, so that the transcript is not drawn again for a new one.
  private readonly now = (): number => Date.now() + this.ahead;

  private get session(): string {
    return this.view.session.id;
  }

  /** Puts the caret into the message. */
  override focus(options?: FocusOptions): void {
    void this.updateComplete.then(() => this.composer?.focus(options));
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    clearTimeout(this.silent);
  }

  // What has happened while the reader was there: old news shake nothing.
  protected override willUpdate(changed: PropertyValues<this>): void {
    const before = changed.get("view");
    if (!before || !isNudged(before, this.view, this.me)) return;
    whenSeen(() => (this.shaken = true));
  }

  protected override updated(changed: PropertyValues<this>): void {
    const before = changed.get("view");
    if (before && hasEnded(before, this.view) && preferences().autoClose) this.closes();
    clearTimeout(this.silent);
    const wait = toSilence(this.view, this.me, this.now());
    if (wait !== undefined && this.isConnected) this.silent = setTimeout(() => this.requestUpdate(), wait);
  }

  protected override render(): TemplateResult {
    const { view, me } = this;
    const title = titleOf(view.session, me);
    const others = othersOf(view.session, me);
    const notes = notesOf(view, me, this.linked);
    return html`
      <section
        class=${this.shaken ? "shaken" : ""}
        aria-label=${`Chat with ${nameOf(view.session, me)}`}
        @animationend=${() => (this.shaken = false)}
      >
        ${this.docked ? html`<parley-corner @stretch=${(event: CustomEvent<Stretch>) => this.stretch(event.detail)}></parley-corner>` : nothing}
        ${this.header(title)}
        <div class="people">
          <p>${peopleOf(view.session, me)}</p>
          <parley-chat-tools .view=${view} .me=${me}></parley-chat-tools>
        </div>
        <parley-call-panel
          .session=${this.session}
          .view=${this.call}
          .me=${me.id}
          .names=${namesOf(view.session)}
          .others=${listed(others.map(({ name }) => name)) || title}
          .ahead=${this.ahead}
          .tone=${this.tone}
        ></parley-call-panel>
        <div class="notes" role="status">
          ${notes.map((note) => html`<p>${icon("unplugged")}${note}</p>`)}
        </div>
        ${this.waits() ? html`<parley-waiting .view=${view} .now=${this.now}></parley-waiting>` : nothing}
        <parley-transcript
          .session=${this.session}
          .entries=${view.entries}
          .outgoing=${view.outgoing}
          .me=${me}
          .others=${others}
          .marks=${view.marks ?? none}
          .contact=${view.session.contact}
          .now=${this.now}
          ?over=${isOver(view.session.state)}
        ></parley-transcript>
        <div class="below">
          <p class="typing" role="status" aria-label="Typing">${typingOf(view.typing)}</p>
          ${this.reach()}
        </div>
        ${isOver(view.session.state) ? this.ended() : this.writing()}
        <parley-chat-status .session=${view.session} .call=${this.call}></parley-chat-status>
      </section>
      <parley-confirm question="End this session?" action="End session" loses>
        <p>${title} is told, and nobody can write in it any more.</p>
      </parley-confirm>
      <parley-help .technician=${me.role === "technician"}></parley-help>
    `;
  }

  private reach(): TemplateResult | typeof nothing {
    const reach = reachOf(this.view, this.me);
    if (!reach) return nothing;
    return html`<p class="reach ${reach.kind}" title=${reach.words}>
      ${icon(reaches[reach.kind])}<span aria-hidden="true">${reach.short}</span>
      <span class="unseen">${reach.words}</span>
    </p>`;
  }

  private closes(): void {
    tell(this, "parley-done", { text: `The session with ${titleOf(this.view.session, this.me)} has ended.` });
    this.tellOf("parley-close");
  }

  private waits(): boolean {
    const { session } = this.view;
    return session.state === "requested" && session.contact.id === this.me.id;
  }

  // Measured before it has a size of its own; how much room there is, the style sheet knows.
  private stretch(by: Stretch): void {
    const { width, height } = this.getBoundingClientRect();
    this.toggleAttribute("resized", by !== null);
    if (!by) return;
    this.style.setProperty("--chat-width", `${Math.max(least.width, width + by.width)}px`);
    this.style.setProperty("--chat-height", `${Math.max(least.height, height + by.height)}px`);
  }

  private header(title: string): TemplateResult {
    const { session } = this.view;
    return html`<header>
      <button
        class="icon quiet back"
        type="button"
        aria-label="Back to the lists"
        ?hidden=${!this.lists}
        @click=${() => tell(this, "parley-lists", null)}
      >
        ${icon("back")}
      </button>
      <div class="about">
        <h2>${title}</h2>
        <p>
          ${kindMark(session)}<span class="device">${placeOf(session)}</span>
          ${
            session.startedAt
              ? html`<parley-elapsed
                  .since=${session.startedAt}
                  .until=${session.endedAt}
                  .ahead=${this.ahead}
                ></parley-elapsed>`
              : nothing
          }
        </p>
        ${
          session.ticket
            ? html`<p class="ticket" title=${session.ticket.subject}>
                Ticket ${session.ticket.number}: ${session.ticket.subject}
              </p>`
            : nothing
        }
      </div>
      ${this.callButtons(title)}
      ${isOver(session.state) ? this.button("Leave this chat", "leave", () => this.tellOf("parley-close")) : nothing}
      <parley-menu
        name="More about this session"
        .items=${menuOf(this.view, this.me, this.now())}
        @choose=${(event: CustomEvent<string>) => this.chosen(event.detail)}
        >${icon("more")}</parley-menu
      >
      ${this.docked ? this.button("Open in a window of its own", "popOut", () => this.tellOf("parley-pop-out")) : nothing}
      ${this.docked ? this.button("Minimise", "minimise", () => this.tellOf("parley-minimise")) : nothing}
    </header>`;
  }

  private callButtons(title: string): TemplateResult | typeof nothing {
    const { session } = this.view;
    const free = this.call.phase.kind === "idle" || this.call.phase.kind === "over";
    if (session.state !== "active" || !free) return nothing;
    const ring = (media: "voice" | "video") => (): void =>
      tell(this, "parley-ring", { session: session.id, media });
    return html`${this.button(`Call ${title}`, "phone", ring("voice"))}
    ${this.button(`Video call ${title}`, "video", ring("video"))}`;
  }

  private button(name: string, picture: IconName, press: () => void): TemplateResult {
    return html`<button
      class="icon quiet ${picture}"
      type="button"
      aria-label=${name}
      title=${name}
      @click=${press}
    >
      ${icon(picture)}
    </button>`;
  }

  private chosen(id: string): void {
    if (id === "end" && this.me.role === "technician") this.tellOf("parley-finish");
    else if (id === "end") void this.end();
    else if (id === "help") this.help.show();
    else if (id === "invite") tell(this, "parley-invite-into", { session: this.session });
    else if (id === "notice") this.notice();
    else if (id === "preferences") tell(this, "parley-preferences", null);
    else this.tellOf(id === "leave" ? "parley-leave" : "parley-close");
  }

  private notice(): void {
    const { contact, company, device } = this.view.session;
    const where = device ? { device: device.id } : {};
    tell(this, "parley-write-notice", { contact: contact.id, name: contact.name, company, ...where });
  }

  private async end(): Promise<void> {
    if (await this.confirmation.ask()) this.tellOf("parley-end");
  }

  private tellOf(
    name:
      "parley-finish" | "parley-end" | "parley-leave" | "parley-close" | "parley-minimise" | "parley-pop-out",
  ): void {
    tell(this, name, { session: this.session });
  }

  private writing(): TemplateResult {
    const { contact, device } = this.view.session;
    const words = {
      contact: contact.name,
      technician: this.me.name,
      device: device?.name ?? "your computer",
    };
    return html`<parley-composer
      .session=${this.session}
      .to=${listed(othersOf(this.view.session, this.me).map(({ name }) => name))}
      .speaksOf=${this.me.role === "technician" ? words : undefined}
    ></parley-composer>`;
  }

  private ended(): TemplateResult {
    return html`<div class="ended">
      <p>${endOf(this.view.session, this.me)}</p>
      <button class="primary" type="button" @click=${() => this.tellOf("parley-close")}>Leave</button>
    </div>`;
  }

  static override styles = [controls, chatStyles];
}

// Nobody sees what moves on a page that is hidden.
function whenSeen(then: () => void): void {
  if (!document.hidden) return then();
  document.addEventListener("visibilitychange", then, { once: true });
}

declare global {
  interface HTMLElementTagNameMap {
    "parley-chat": Chat;
  }
}

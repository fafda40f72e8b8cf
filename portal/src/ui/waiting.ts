import { css, html, LitElement, nothing, type TemplateResult } from "lit";
import { customElement, property, query } from "lit/decorators.js";
import { waitsSince } from "../client/index";
import "./callback-dialog";
import type { CallbackDialog } from "./callback-dialog";
import { endsAnyTime, secondsToChoice, type ChatView } from "./chat-notes";
import { controls } from "./controls";
import { tell } from "./events";
import { openingWords } from "./time";

/**
 * What a contact sees who waits for a technician: their place, what happens
 * next, and from when on they can end the request or leave their number.
 */
@customElement("parley-waiting")
export class Waiting extends LitElement {
  @property({ attribute: false }) view!: ChatView;
  /** The service's clock in milliseconds since 1970. */
  @property({ attribute: false }) now: () => number = Date.now;

  @query("parley-callback") private readonly callback!: CallbackDialog | null;

  private timer: ReturnType<typeof setTimeout> | undefined;

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    clearTimeout(this.timer);
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.requestUpdate();
  }

  protected override render(): TemplateResult {
    const closed = this.view.office?.open === false;
    const seconds = secondsToChoice(this.view, this.now());
    return html`
      <div role="status">
        <p class="place">${closed ? "We are not there right now" : placeWords(this.view.place)}</p>
        <p class="next">
          ${
            closed
              ? `${openingWords(this.view.office?.until, this.now())} ${this.calls() ? "Leave your number, and we call you back." : "We answer when we are back."}`
              : "A technician reads your request and joins you here. You can go on writing meanwhile."
          }
        </p>
        ${seconds === 0 && !closed ? html`<p class="next">It takes longer than usual. You need not wait.</p>` : nothing}
      </div>
      <p class="choice">${this.choice(seconds)}</p>
      ${this.calls() ? html`<parley-callback .session=${this.view.session.id}></parley-callback>` : nothing}
    `;
  }

  // The next look is due when the shown number of seconds is one less.
  protected override updated(): void {
    clearTimeout(this.timer);
    const seconds = secondsToChoice(this.view, this.now());
    if (seconds === 0 || !this.isConnected) return;
    const over = (waitsSince(this.view.session) - this.now()) % 1000;
    this.timer = setTimeout(() => this.requestUpdate(), ((over + 1000) % 1000) + 1);
  }

  private calls(): boolean {
    return this.view.callbacks !== false;
  }

  // The user of a device need not wait to end what they have begun.
  private choice(seconds: number): TemplateResult {
    const { session } = this.view;
    const end = html`<button type="button" @click=${() => tell(this, "parley-end", { session: session.id })}>
      End my request
    </button>`;
    if (!this.calls()) return seconds > 0 && !endsAnyTime(session) ? patience(seconds) : end;
    if (seconds > 0)
      return endsAnyTime(session)
        ? html`${end}${countdown(seconds, "")}`
        : countdown(seconds, " or end your request");
    return html`<button class="primary" type="button" @click=${() => this.callback?.show()}>
        Call me back
      </button>
      ${end}`;
  }

  static override styles = [
    controls,
    css`
      :host {
        display: block;
        padding: var(--s3) var(--s4);
        background: var(--accent-soft);
      }

      .place {
        font-weight: 600;
      }

      .next {
        font-size: var(--small);
      }

      .choice {
        display: flex;
        flex-wrap: wrap;
        gap: var(--s2);
        margin-top: var(--s2);
        font-size: var(--small);
        font-variant-numeric: tabular-nums;
      }
    `,
  ];
}

// Not read out second by second: the words that stand before it do not change.
function countdown(seconds: number, more: string): TemplateResult {
  return html`<span role="timer">If nobody comes, you can be called back${more} in ${many(seconds)}.</span>`;
}

function patience(seconds: number): TemplateResult {
  return html`<span role="timer">If nobody comes, you can end your request in ${many(seconds)}.</span>`;
}

function many(seconds: number): string {
  return seconds === 1 ? "1 second" : `${seconds} seconds`;
}

function placeWords(place: number | undefined): string {
  if (place === undefined) return "You are waiting for a technician";
  return place === 1 ? "You are next" : `You are number ${place} of those who wait`;
}

declare global {
  interface HTMLElementTagNameMap {
    "parley-waiting": Waiting;
  }
}

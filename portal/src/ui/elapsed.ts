import { html, LitElement, type TemplateResult } from "lit";
import { customElement, property } from "lit/decorators.js";
import { runningTime } from "./time";

/** How long something has been going on, by the service's clock, second by second. */
@customElement("parley-elapsed")
export class Elapsed extends LitElement {
  /** When it began, in milliseconds since 1970 by the service's clock. */
  @property({ type: Number }) since = 0;
  /** When it ended, if it has. */
  @property({ type: Number }) until: number | undefined;
  /** How far the service's clock is ahead of this one, in milliseconds. */
  @property({ type: Number }) ahead = 0;
  /** What is timed, for a screen reader. */
  @property() name = "Session time";

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
    return html`<span role="timer" aria-label=${this.name}>${runningTime(this.elapsed())}</span>`;
  }

  // The next look is due when the next second begins, so that the shown time
  // is never late by more than the timer is.
  protected override updated(): void {
    clearTimeout(this.timer);
    if (this.until !== undefined || !this.isConnected) return;
    const toNextSecond = 1000 - (Math.max(0, this.elapsed()) % 1000);
    this.timer = setTimeout(() => this.requestUpdate(), toNextSecond);
  }

  private elapsed(): number {
    return (this.until ?? Date.now() + this.ahead) - this.since;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "parley-elapsed": Elapsed;
  }
}

import { css, html, LitElement, nothing, type TemplateResult } from "lit";
import { customElement, property } from "lit/decorators.js";
import { repeat } from "lit/directives/repeat.js";
import type { Undelivered as Message } from "../client/index";
import { toClipboard } from "./clipboard";
import { controls } from "./controls";
import { tell } from "./events";
import { icon } from "./icons";
import { wholeTime } from "./time";
import { saidIn } from "./words";

/**
 * The reader's messages that the service will not take and that no chat shows,
 * such as those for a session that has ended meanwhile. They stay, with their
 * text, until the reader has decided about each.
 */
@customElement("parley-undelivered")
export class UndeliveredMessages extends LitElement {
  @property({ attribute: false }) messages: readonly Message[] = [];

  protected override render(): TemplateResult | typeof nothing {
    const { messages } = this;
    if (messages.length === 0) return nothing;
    const count = messages.length === 1 ? "A message was" : `${messages.length} messages were`;
    return html`<section aria-labelledby="title">
      <div role="alert">
        <h2 id="title">${icon("warning")}${count} not delivered</h2>
      </div>
      <ul>
        ${repeat(
          messages,
          ({ message }) => message,
          (one) => this.message(one),
        )}
      </ul>
    </section>`;
  }

  private message({ session, message, at, fault, ...said }: Message): TemplateResult {
    const text = saidIn(said);
    const copy = (): void =>
      void toClipboard(this, text, "The message is on the clipboard.", "Mark its text and copy it.");
    return html`<li>
      <p class="text">${text}</p>
      <p class="why">Written on ${wholeTime(at)}. ${fault.message}</p>
      <p class="buttons">
        <button type="button" @click=${copy}>Copy</button>
        <button type="button" @click=${() => tell(this, "parley-again", { session, message })}>
          Try again
        </button>
        <button type="button" @click=${() => tell(this, "parley-discard", { session, message })}>
          Discard
        </button>
      </p>
    </li>`;
  }

  static override styles = [
    controls,
    css`
      section {
        max-height: 40dvh;
        padding: var(--s3) var(--s4);
        overflow-y: auto;
        border-bottom: 1px solid var(--line);
        color: var(--ink);
        background: var(--bad-soft);
      }

      h2 {
        display: flex;
        align-items: center;
        gap: var(--s2);
        color: var(--bad);
        font-size: var(--body);
      }

      li {
        max-width: 60rem;
        padding: var(--s2) 0;
      }

      .text {
        overflow-wrap: anywhere;
        white-space: pre-wrap;
      }

      .why {
        color: var(--ink-soft);
        font-size: var(--small);
      }

      .buttons {
        display: flex;
        flex-wrap: wrap;
        gap: var(--s2);
        padding-top: var(--s1);
      }
    `,
  ];
}

declare global {
  interface HTMLElementTagNameMap {
    "parley-undelivered": UndeliveredMessages;
  }
}

import { css, html, LitElement, nothing, type TemplateResult } from "lit";
import { customElement, property, query } from "lit/decorators.js";
import type { PresenceNotified } from "../protocol/wire";
import { controls } from "./controls";
import { dialogStyles } from "./dialog-styles";
import { tell } from "./events";

/** Shows what a technician has to say in front of everything, one text at a time, until it was read. */
@customElement("parley-notice-read")
export class NoticeRead extends LitElement {
  /** What was not read yet, oldest first. */
  @property({ attribute: false }) notices: readonly PresenceNotified[] = [];

  @query("dialog") private readonly dialog!: HTMLDialogElement;

  private get shown(): PresenceNotified | undefined {
    return this.notices[0];
  }

  protected override render(): TemplateResult {
    const { shown } = this;
    const more = this.notices.length - 1;
    return html`<dialog aria-labelledby="from" aria-describedby="text" @close=${() => this.heeded()}>
      <h2 id="from" tabindex="-1" autofocus>Message from ${shown?.by.name}</h2>
      <p id="text" dir="auto">${shown?.text}</p>
      <p class="buttons">
        ${more > 0 ? html`<span class="more">${more === 1 ? "1 more" : `${more} more`}</span>` : nothing}
        <button class="primary" type="button" @click=${() => this.dialog.close()}>OK</button>
      </p>
    </dialog>`;
  }

  // The focus is on the title and not on OK, so that somebody who was just
  // typing does not put away what they have not read.
  protected override updated(): void {
    if (this.shown && !this.dialog.open) this.dialog.showModal();
    if (!this.shown && this.dialog.open) this.dialog.close();
  }

  private heeded(): void {
    if (this.shown) tell(this, "parley-heed", { notice: this.shown });
    this.requestUpdate(); // What was not taken away is shown again.
  }

  static override styles = [
    controls,
    dialogStyles,
    css`
      h2:focus {
        outline: none;
      }

      h2,
      #text {
        overflow-wrap: anywhere;
      }

      #text {
        max-height: 50vh;
        overflow-y: auto;
        white-space: pre-wrap;
      }

      .buttons {
        align-items: center;
      }

      .more {
        margin-inline-end: auto;
        color: var(--ink-soft);
        font-size: var(--small);
      }

      .buttons button {
        min-width: 7rem;
      }
    `,
  ];
}

declare global {
  interface HTMLElementTagNameMap {
    "parley-notice-read": NoticeRead;
  }
}

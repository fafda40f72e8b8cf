import { css, html, LitElement, type TemplateResult } from "lit";
import { customElement, property, query } from "lit/decorators.js";
import { controls } from "./controls";
import { dialogStyles } from "./dialog-styles";

/** Asks before something that cannot be taken back. What it means goes into the slot. */
@customElement("parley-confirm")
export class Confirm extends LitElement {
  @property() question = "";
  /** What the button that does it says. */
  @property() action = "";
  /** Whether something is lost by it. */
  @property({ type: Boolean }) loses = false;

  @query("dialog") private readonly dialog!: HTMLDialogElement;

  /** Asks, and resolves with the answer. */
  async ask(): Promise<boolean> {
    await this.updateComplete;
    this.dialog.returnValue = "";
    this.dialog.showModal();
    return new Promise((resolve) => {
      this.dialog.addEventListener("close", () => resolve(this.dialog.returnValue === "yes"), { once: true });
    });
  }

  protected override render(): TemplateResult {
    return html`
      <dialog aria-labelledby="question" aria-describedby="meaning">
        <h2 id="question">${this.question}</h2>
        <div id="meaning"><slot></slot></div>
        <p class="buttons">
          <button type="button" autofocus @click=${() => this.dialog.close("")}>Cancel</button>
          <button
            class=${this.loses ? "danger" : "primary"}
            type="button"
            @click=${() => this.dialog.close("yes")}
          >
            ${this.action}
          </button>
        </p>
      </dialog>
    `;
  }

  static override styles = [
    controls,
    dialogStyles,
    css`
      dialog {
        width: min(26rem, 92vw);
      }
    `,
  ];
}

declare global {
  interface HTMLElementTagNameMap {
    "parley-confirm": Confirm;
  }
}

import { css, html, LitElement, type TemplateResult } from "lit";
import { customElement, property, query } from "lit/decorators.js";
import { controls } from "./controls";

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
    css`
      dialog {
        width: min(26rem, 92vw);
        padding: var(--s6);
        border: 1px solid var(--line);
        border-radius: var(--round);
        color: var(--ink);
        background: var(--surface);
        box-shadow: var(--shadow);
      }

      dialog::backdrop {
        background: #0008;
      }

      h2 {
        font-size: var(--large);
      }

      #meaning {
        margin: var(--s2) 0 var(--s6);
      }

      .buttons {
        display: flex;
        justify-content: flex-end;
        gap: var(--s2);
      }
    `,
  ];
}

declare global {
  interface HTMLElementTagNameMap {
    "parley-confirm": Confirm;
  }
}

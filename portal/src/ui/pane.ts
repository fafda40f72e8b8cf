import { css, html, LitElement, nothing, type TemplateResult } from "lit";
import { customElement, property } from "lit/decorators.js";
import { controls } from "./controls";
import { icon } from "./icons";

/**
 * A chat beside something else, such as the screen of a device: a pane that the
 * button "Chat" opens, and closes again. What it stands beside is the element's
 * content, the chat is in the slot "chat". It tells "toggle" when it was opened
 * or closed.
 */
@customElement("parley-pane")
export class Pane extends LitElement {
  /** Whether the chat is to be seen. */
  @property({ type: Boolean, reflect: true }) open = false;
  /** How much has come while it was closed. */
  @property({ type: Number }) unread = 0;

  protected override render(): TemplateResult {
    const { open, unread } = this;
    return html`
      <div class="view"><slot></slot></div>
      <button type="button" aria-expanded=${open} aria-controls="pane" @click=${() => this.toggle()}>
        ${icon("chat")}Chat
        ${unread > 0 ? html`<span class="count">${unread} <span class="unseen">new</span></span>` : nothing}
      </button>
      <div id="pane" ?hidden=${!open}><slot name="chat"></slot></div>
    `;
  }

  private toggle(): void {
    this.open = !this.open;
    this.dispatchEvent(new Event("toggle"));
    if (this.open)
      void this.updateComplete.then(() => this.querySelector<HTMLElement>("[slot=chat]")?.focus());
  }

  static override styles = [
    controls,
    css`
      :host {
        display: grid;
        flex: 1;
        grid-template: auto minmax(0, 1fr) / minmax(0, 1fr);
        min-width: 0;
        min-height: 0;
      }

      :host([open]) {
        grid-template-columns: minmax(0, 1fr) minmax(18rem, 26rem);
      }

      .view {
        display: flex;
        grid-row: 1 / span 2;
        min-width: 0;
        min-height: 0;
      }

      :host(:not([open])) .view {
        grid-row: 2;
      }

      button {
        justify-self: end;
        margin: var(--s1) var(--s2);
      }

      .count {
        padding: 0 var(--s2);
        border-radius: 999px;
        color: var(--on-accent);
        background: var(--accent);
        font-size: var(--small);
      }

      #pane {
        display: flex;
        min-height: 0;
        border-inline-start: 1px solid var(--line);
      }

      ::slotted(*) {
        flex: 1;
        min-width: 0;
        min-height: 0;
      }

      /* There is no room beside anything: the chat is in front of it. */
      @media (max-width: 48rem) {
        :host([open]) {
          grid-template-columns: minmax(0, 1fr);
        }

        :host([open]) .view {
          display: none;
        }
      }
    `,
  ];
}

declare global {
  interface HTMLElementTagNameMap {
    "parley-pane": Pane;
  }
}

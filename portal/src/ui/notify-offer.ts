import { css, html, LitElement, nothing, type TemplateResult } from "lit";
import { customElement, property } from "lit/decorators.js";
import { controls } from "./controls";
import { tell } from "./events";

/** Offers notifications of the browser for a page that is not looked at. It never asks by itself. */
@customElement("parley-notify")
export class NotifyOffer extends LitElement {
  /** What the browser has been told; none where it has no notifications. */
  @property() permission: NotificationPermission | "none" = "none";
  /** Whether the reader has just been asked. */
  @property({ type: Boolean }) asked = false;

  protected override render(): TemplateResult | typeof nothing {
    const { permission, asked } = this;
    return html`${
        permission === "default"
          ? html`<button type="button" @click=${() => tell(this, "parley-notify", null)}>
              Notify me when this page is hidden
            </button>`
          : nothing
      }
      <p role="status">${asked ? outcomes[permission] : ""}</p>`;
  }

  static override styles = [
    controls,
    css`
      button {
        width: 100%;
      }

      p {
        color: var(--ink-soft);
        font-size: var(--small);
      }
    `,
  ];
}

const outcomes: Record<NotificationPermission | "none", string> = {
  none: "",
  default: "",
  granted: "You are notified of new requests while this page is hidden.",
  denied: "The browser blocks notifications of this page. Its settings for this site allow them again.",
};

declare global {
  interface HTMLElementTagNameMap {
    "parley-notify": NotifyOffer;
  }
}

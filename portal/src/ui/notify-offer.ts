import { css, html, LitElement, nothing, type TemplateResult } from "lit";
import { customElement, property } from "lit/decorators.js";
import { controls } from "./controls";
import { tell } from "./events";

/** Offers notifications of the system for a page that is not looked at. It never asks by itself. */
@customElement("parley-notify")
export class NotifyOffer extends LitElement {
  /** What the browser has been told; none where it has no notifications. */
  @property() permission: NotificationPermission | "none" = "none";
  /** Whether it can be put off. */
  @property({ type: Boolean }) optional = false;

  protected override render(): TemplateResult | typeof nothing {
    if (this.permission !== "default") return nothing;
    const say = (allow: boolean) => (): void => tell(this, "parley-notify", { allow });
    return html`<button type="button" @click=${say(true)}>Notify me when this page is hidden</button>
      ${this.optional ? html`<button class="quiet" type="button" @click=${say(false)}>Not now</button>` : nothing}`;
  }

  static override styles = [
    controls,
    css`
      :host {
        display: flex;
        flex-wrap: wrap;
        gap: var(--s2);
      }

      button:not(.quiet) {
        flex: 1;
      }
    `,
  ];
}

declare global {
  interface HTMLElementTagNameMap {
    "parley-notify": NotifyOffer;
  }
}

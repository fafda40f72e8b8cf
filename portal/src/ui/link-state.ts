import { css, html, LitElement, nothing, type TemplateResult } from "lit";
import { customElement, property } from "lit/decorators.js";
import type { ConnectionState } from "../client/index";
import { controls } from "./controls";
import { tell } from "./events";
import { icon, type IconName } from "./icons";

/** Whether this page is connected to the service, and what to do if not. */
@customElement("parley-link")
export class LinkState extends LitElement {
  @property({ attribute: false }) value: ConnectionState = { kind: "connecting" };

  protected override render(): TemplateResult {
    const { picture, words, button } = describe(this.value);
    return html`
      <span role="status" class=${this.value.kind}>${icon(picture)}<span>${words}</span></span>
      ${
        button
          ? html`<button type="button" @click=${() => tell(this, "parley-reconnect", null)}>
              ${button}
            </button>`
          : nothing
      }
    `;
  }

  static override styles = [
    controls,
    css`
      :host {
        display: inline-flex;
        flex-wrap: wrap;
        align-items: center;
        gap: var(--s2);
        font-size: var(--small);
      }

      span[role] {
        display: inline-flex;
        align-items: center;
        gap: var(--s1);
        color: var(--ink-soft);
      }

      svg {
        width: 1.1rem;
        height: 1.1rem;
      }

      span.waiting,
      span.closed {
        color: var(--warn);
      }

      span.refused {
        color: var(--bad);
      }
    `,
  ];
}

function describe(state: ConnectionState): { picture: IconName; words: string; button?: string } {
  switch (state.kind) {
    case "connecting":
      return { picture: "waiting", words: "Connecting…" };
    case "open":
      return { picture: "done", words: "Connected" };
    case "waiting":
      return { picture: "unplugged", words: "No connection, trying again", button: "Try now" };
    case "refused":
      return { picture: "warning", words: "Not signed in", button: "Try again" };
    case "closed":
      return { picture: "unplugged", words: "Signed out" };
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "parley-link": LinkState;
  }
}

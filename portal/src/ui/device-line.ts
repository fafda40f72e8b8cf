import { css, html, LitElement, nothing, type TemplateResult } from "lit";
import { customElement, property } from "lit/decorators.js";
import { deviceState } from "../client/index";
import type { DeviceRow } from "../protocol/wire";
import { controls } from "./controls";
import "./device-mark";
import { deviceWords } from "./device-words";
import { tell } from "./events";
import { icon } from "./icons";

/** A device of the roster on which nobody is logged on; whoever tries to chat is told so. */
@customElement("parley-device-line")
export class DeviceLine extends LitElement {
  @property({ attribute: false }) row!: DeviceRow;
  /** Whether a session may be begun at a device. */
  @property({ type: Boolean }) direct = false;
  @property({ attribute: false }) now: () => number = Date.now;

  protected override render(): TemplateResult {
    return html`
      <div>
        <parley-device .row=${this.row} .now=${this.now}></parley-device>
        <p>${deviceWords[deviceState(this.row, this.now())]}</p>
      </div>
      ${this.direct ? this.action() : nothing}
    `;
  }

  private action(): TemplateResult {
    const { id, name, company } = this.row;
    const label = `Chat at ${name}`;
    return html`<button
      class="icon"
      type="button"
      aria-label=${label}
      title=${label}
      @click=${() => tell(this, "parley-start", { contact: "", name, company, device: id, with: "text" })}
    >
      ${icon("chat")}
    </button>`;
  }

  static override styles = [
    controls,
    css`
      :host {
        display: flex;
        align-items: center;
        gap: var(--s1);
        height: 100%;
      }

      div {
        flex: 1;
        min-width: 0;
      }

      p {
        padding-inline-start: var(--s1);
        color: var(--ink-soft);
        font-size: var(--small);
      }
    `,
  ];
}

declare global {
  interface HTMLElementTagNameMap {
    "parley-device-line": DeviceLine;
  }
}

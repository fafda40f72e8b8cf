import { css, html, LitElement, nothing, svg, type SVGTemplateResult, type TemplateResult } from "lit";
import { customElement, property, query, state } from "lit/decorators.js";
import { deviceState } from "../client/index";
import type { DeviceRow, DeviceState } from "../protocol/wire";
import { controls } from "./controls";
import { deviceFacts, deviceWords } from "./device-words";

const screen = svg`<rect x="3" y="4.5" width="18" height="12" rx="1.5"/><path d="M9 20h6M12 16.5V20"/>`;

// Told apart by shape as well as by colour: what stands on the screen.
const signs: Record<DeviceState, SVGTemplateResult> = {
  waiting: svg`<path d="M12 7.5v3l2 1.5"/>`,
  online: svg`<path d="M9 10.5h6"/>`,
  used: svg`<path d="m8.5 10.5 2.5 2.5 4.5-5"/>`,
  idle: svg`<path d="M9.5 8h5l-5 5h5"/>`,
  offline: svg`<path d="m9 7.5 6 6m0-6-6 6"/>`,
  never: svg`<path d="M10 8.5a2 2 0 1 1 2.6 1.9c-.4.2-.6.5-.6 1M12 13.6v.01"/>`,
  uncontrolled: svg`<path d="m8 13 8-6"/>`,
  suspended: svg`<path d="M10.5 8v5m3-5v5"/>`,
};

/**
 * The check-in state of a device: a picture and words, and a quick view of the
 * device while the pointer or the focus is on it. Escape puts that away.
 */
@customElement("parley-device")
export class DeviceMark extends LitElement {
  @property({ attribute: false }) row!: DeviceRow;
  /** The service's clock in milliseconds since 1970. */
  @property({ attribute: false }) now: () => number = Date.now;

  /** Whether the name stands beside it already. */
  @property({ type: Boolean }) nameless = false;

  @state() private open = false;
  @query("#view") private readonly panel!: HTMLElement | null;

  protected override render(): TemplateResult {
    const state = deviceState(this.row, this.now());
    return html`
      <button
        type="button"
        class=${state}
        aria-label=${`${this.row.name}: ${deviceWords[state]}`}
        aria-describedby="view"
        @pointerenter=${() => (this.open = true)}
        @focus=${() => (this.open = true)}
        @click=${() => (this.open = true)}
        @blur=${() => (this.open = false)}
      >
        <svg viewBox="0 0 24 24" aria-hidden="true">${screen}${signs[state]}</svg
        >${this.nameless ? nothing : html`<span>${this.row.name}</span>`}
      </button>
      ${this.open ? this.view(state) : nothing}
    `;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.addEventListener("pointerleave", this.close);
    this.addEventListener("keydown", this.escape);
  }

  private readonly close = (): void => {
    this.open = false;
  };

  private readonly escape = (event: KeyboardEvent): void => {
    if (event.key !== "Escape" || !this.open) return;
    event.stopPropagation();
    this.open = false;
  };

  private view(state: DeviceState): TemplateResult {
    return html`<div id="view" role="tooltip">
      <p>${this.row.name}</p>
      <dl>
        ${deviceFacts(this.row, state, this.now()).map(
          ([about, says]) =>
            html`<dt>${about}</dt>
              <dd>${says}</dd>`,
        )}
      </dl>
    </div>`;
  }

  // Below the mark, or above it where there is more room, and never over the edge of the screen.
  protected override updated(): void {
    const { panel } = this;
    if (!panel) return;
    const at = this.getBoundingClientRect();
    const { width, height } = panel.getBoundingClientRect();
    const below = innerHeight - at.bottom;
    panel.style.left = `${Math.max(8, Math.min(at.left, innerWidth - width - 8))}px`;
    panel.style.top = `${below > height || below > at.top ? at.bottom : at.top - height}px`;
  }

  static override styles = [
    controls,
    css`
      :host {
        display: inline-flex;
        min-width: 0;
      }

      button {
        min-width: 0;
        min-height: 1.5rem;
        padding: 0 var(--s1);
        border: 0;
        gap: var(--s1);
        color: var(--ink-soft);
        background: none;
        font-size: var(--small);
        cursor: help;
      }

      span {
        overflow: hidden;
        text-overflow: ellipsis;
        white-space: nowrap;
      }

      .used svg,
      .online svg {
        color: var(--good);
      }

      .idle svg,
      .waiting svg,
      .uncontrolled svg {
        color: var(--warn);
      }

      .suspended svg {
        color: var(--bad);
      }

      #view {
        position: fixed;
        z-index: 20;
        width: max-content;
        max-width: min(22rem, calc(100vw - 1rem));
        padding: var(--s3);
        border: 1px solid var(--line);
        border-radius: var(--round);
        color: var(--ink);
        background: var(--surface);
        box-shadow: var(--shadow);
        font-size: var(--small);
      }

      p {
        margin-bottom: var(--s2);
        font-weight: 600;
        overflow-wrap: anywhere;
      }

      dl {
        display: grid;
        grid-template-columns: auto 1fr;
        gap: var(--s1) var(--s3);
      }

      dt {
        color: var(--ink-soft);
      }

      dd {
        overflow-wrap: anywhere;
      }
    `,
  ];
}

declare global {
  interface HTMLElementTagNameMap {
    "parley-device": DeviceMark;
  }
}

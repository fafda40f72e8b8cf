import { css, html, LitElement, nothing, type TemplateResult } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import type { Media, RosterRow as Row } from "../protocol/wire";
import { controls } from "./controls";
import { tell } from "./events";
import { icon, type IconName } from "./icons";
import "./presence-mark";

/** One person on the roster: presence, devices, and text, voice or video. */
@customElement("parley-roster-row")
export class RosterRowView extends LitElement {
  @property({ attribute: false }) row!: Row;
  /** Whether a session may be begun at a device. */
  @property({ type: Boolean }) direct = false;

  @state() private device = "";

  protected override render(): TemplateResult {
    const { name, activity } = this.row;
    return html`
      <div class="who">
        <p class="name">${name}</p>
        <p class="where"><parley-presence .value=${activity}></parley-presence> ${this.where()}</p>
      </div>
      ${this.direct || this.row.devices.length === 0 ? this.actions(name) : nothing}
    `;
  }

  private actions(name: string): TemplateResult {
    return html`${this.button(`Chat with ${name}`, "chat", "text")}
    ${this.button(`Call ${name}`, "phone", "voice")} ${this.button(`Video call ${name}`, "video", "video")}`;
  }

  private where(): TemplateResult | typeof nothing {
    const [first, ...more] = this.row.devices;
    if (!first) return nothing;
    if (more.length === 0) return html`<span class="device">${icon("device")}${first.name}</span>`;
    return html`<fieldset>
      <legend class="unseen">Device of ${this.row.name}</legend>
      ${this.row.devices.map(
        ({ id, name }) =>
          html`<label class="device">
            <input
              type="radio"
              name="device"
              value=${id}
              .checked=${id === this.chosen()?.id}
              @change=${() => (this.device = id)}
            />${icon("device")}${name}
          </label>`,
      )}
    </fieldset>`;
  }

  // One that has gone is not chosen any more.
  private chosen(): Row["devices"][number] | undefined {
    const { devices } = this.row;
    return devices.find(({ id }) => id === this.device) ?? devices[0];
  }

  private button(label: string, picture: IconName, by: "text" | Media): TemplateResult {
    return html`<button
      class="icon"
      type="button"
      aria-label=${label}
      title=${label}
      @click=${() => this.start(by)}
    >
      ${icon(picture)}
    </button>`;
  }

  private start(by: "text" | Media): void {
    const { id, name, company } = this.row;
    const device = this.chosen();
    const on = device ? { device: device.id } : {};
    tell(this, "parley-start", { contact: id, name, company, with: by, ...on });
  }

  static override styles = [
    controls,
    css`
      :host {
        display: flex;
        align-items: center;
        gap: var(--s1);
        padding: var(--s2) 0;
      }

      .who {
        flex: 1;
        min-width: 0;
      }

      .name {
        overflow-wrap: anywhere;
      }

      .where {
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        gap: 0 var(--s3);
        color: var(--ink-soft);
        font-size: var(--small);
      }

      .device {
        display: inline-flex;
        align-items: center;
        gap: var(--s1);
        min-width: 0;
        overflow-wrap: anywhere;
      }

      .device svg {
        width: 0.95rem;
        height: 0.95rem;
      }

      fieldset {
        flex-basis: 100%;
        min-width: 0;
        margin: 0;
        padding: 0;
        border: 0;
      }

      label {
        display: flex;
        min-height: 1.75rem;
      }

      input {
        width: 1rem;
        min-height: 0;
        height: 1rem;
        accent-color: var(--accent);
      }
    `,
  ];
}

declare global {
  interface HTMLElementTagNameMap {
    "parley-roster-row": RosterRowView;
  }
}

import { css, html, LitElement, nothing, type TemplateResult } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import type { DeviceRow, Media, RosterRow as Row, Session } from "../protocol/wire";
import { controls } from "./controls";
import "./device-mark";
import { tell } from "./events";
import { icon, type IconName } from "./icons";
import "./presence-mark";

/** One person on the roster: presence, devices, and text, voice or video. */
@customElement("parley-roster-row")
export class RosterRowView extends LitElement {
  @property({ attribute: false }) row!: Row;
  /** Whether a session may be begun at a device. */
  @property({ type: Boolean }) direct = false;
  /** The devices of the roster by id. */
  @property({ attribute: false }) devices: ReadonlyMap<string, DeviceRow> = new Map();
  /** A session with the person that the reader could join. */
  @property({ attribute: false }) join: Session | undefined;
  @property({ attribute: false }) now: () => number = Date.now;

  @state() private device = "";

  protected override render(): TemplateResult {
    const { name, activity } = this.row;
    return html`
      <div class="who">
        <p class="name" title=${name}>${name}</p>
        <p class="where"><parley-presence .value=${activity}></parley-presence> ${this.where()}</p>
      </div>
      ${this.joining()} ${this.direct || this.row.devices.length === 0 ? this.actions(name) : nothing}
      ${this.ticket()}
    `;
  }

  private ticket(): TemplateResult {
    const { id, name, company } = this.row;
    const label = `New ticket for ${name}`;
    return html`<button
      class="icon"
      type="button"
      aria-label=${label}
      title=${label}
      @click=${() => tell(this, "parley-new-ticket", { contact: id, name, company })}
    >
      ${icon("ticket")}
    </button>`;
  }

  private actions(name: string): TemplateResult {
    return html`${this.button(`Chat with ${name}`, "chat", "text")}
    ${this.button(`Call ${name}`, "phone", "voice")} ${this.button(`Video call ${name}`, "video", "video")}
    ${this.button(`Send ${name} a message without a chat`, "screen", "notice")}`;
  }

  private where(): TemplateResult | typeof nothing {
    const chosen = this.chosen();
    if (!chosen) return nothing;
    const known = this.devices.get(chosen.id);
    const alone = this.row.devices.length === 1;
    const mark = known
      ? html`<parley-device .row=${known} .now=${this.now} ?nameless=${!alone}></parley-device>`
      : html`<span class="device" title=${chosen.name}>${icon("device")}<span>${chosen.name}</span></span>`;
    if (alone) return mark;
    return html`${known ? mark : nothing}
      <select
        aria-label=${`Device of ${this.row.name}`}
        @change=${(event: Event) => (this.device = (event.target as HTMLSelectElement).value)}
      >
        ${this.row.devices.map(
          ({ id, name }) => html`<option value=${id} ?selected=${id === chosen.id}>${name}</option>`,
        )}
      </select>`;
  }

  private joining(): TemplateResult | typeof nothing {
    const { join } = this;
    if (!join) return nothing;
    return html`<button
      class="quiet"
      type="button"
      aria-label=${`Join session of ${this.row.name}`}
      @click=${() => tell(this, "parley-join", { session: join.id })}
    >
      Join session
    </button>`;
  }

  // One that has gone is not chosen any more.
  private chosen(): Row["devices"][number] | undefined {
    const { devices } = this.row;
    return devices.find(({ id }) => id === this.device) ?? devices[0];
  }

  private button(label: string, picture: IconName, by: "text" | "notice" | Media): TemplateResult {
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

  private start(by: "text" | "notice" | Media): void {
    const { id, name, company } = this.row;
    const device = this.chosen();
    const on = device ? { device: device.id } : {};
    const whom = { contact: id, name, company, ...on };
    if (by === "notice") tell(this, "parley-write-notice", whom);
    else tell(this, "parley-start", { ...whom, with: by });
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

      .who {
        flex: 1;
        min-width: 0;
      }

      .name {
        overflow: hidden;
        text-overflow: ellipsis;
        white-space: nowrap;
      }

      .where {
        display: flex;
        align-items: center;
        gap: 0 var(--s2);
        min-width: 0;
        color: var(--ink-soft);
        font-size: var(--small);
      }

      .device {
        display: inline-flex;
        align-items: center;
        gap: var(--s1);
        min-width: 0;
      }

      .device span {
        overflow: hidden;
        text-overflow: ellipsis;
        white-space: nowrap;
      }

      .device svg {
        width: 0.95rem;
        height: 0.95rem;
      }

      select {
        min-width: 0;
        max-width: 11rem;
        min-height: 1.5rem;
        padding: 0 var(--s1);
        font-size: var(--small);
      }

      .quiet {
        flex: none;
        padding: 0 var(--s1);
        font-size: var(--small);
      }
    `,
  ];
}

declare global {
  interface HTMLElementTagNameMap {
    "parley-roster-row": RosterRowView;
  }
}

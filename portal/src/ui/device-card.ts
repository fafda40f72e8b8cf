import { css, html, LitElement, nothing, type TemplateResult } from "lit";
import { customElement, property } from "lit/decorators.js";
import { deviceState } from "../client/index";
import type { DeviceRow, RosterRow, Session } from "../protocol/wire";
import { controls } from "./controls";
import { deviceFacts, deviceWords } from "./device-words";
import { icon } from "./icons";
import { listed } from "./words";

/** Where a contact sits now: the session's device while they are there, else another of theirs. */
export function deviceNow(session: Session, person: RosterRow | undefined): string | undefined {
  const at = person?.devices ?? [];
  const own = session.device?.id;
  return own === undefined || at.some(({ id }) => id === own) ? own : (at[0]?.id ?? own);
}

/**
 * The device beside a chat: its state, who is logged on and for how long they
 * have been idle, and where else the contact is. It moves with the contact when
 * they go to another of their devices.
 */
@customElement("parley-device-card")
export class DeviceCard extends LitElement {
  @property({ attribute: false }) session!: Session;
  /** The contact as the roster has them. */
  @property({ attribute: false }) person: RosterRow | undefined;
  /** The devices of the roster by id. */
  @property({ attribute: false }) devices: ReadonlyMap<string, DeviceRow> = new Map();
  /** How far the service's clock is ahead of this one, in milliseconds. */
  @property({ type: Number }) ahead = 0;

  protected override render(): TemplateResult | typeof nothing {
    const row = this.devices.get(deviceNow(this.session, this.person) ?? "");
    if (!row) return nothing;
    const now = Date.now() + this.ahead;
    const state = deviceState(row, now);
    const others = (this.person?.devices ?? []).filter(({ id }) => id !== row.id).map(({ name }) => name);
    return html`<details>
        <summary>
          ${icon("device")}<span>${row.name}</span> <span class="soft">${deviceWords[state]}</span>
        </summary>
        <dl>
          ${deviceFacts(row, state, now).map(
            ([about, says]) =>
              html`<dt>${about}</dt>
                <dd>${says}</dd>`,
          )}
          ${
            others.length > 0
              ? html`<dt>Also logged on at</dt>
                  <dd>${listed(others)}</dd>`
              : nothing
          }
        </dl>
      </details>
      <p role="status">${this.moved(row)}</p>`;
  }

  private moved(row: DeviceRow): string {
    const { device, contact } = this.session;
    if (device === undefined || device.id === row.id) return "";
    return `${contact.name} has left ${device.name} and is at ${row.name} now.`;
  }

  static override styles = [
    controls,
    css`
      :host {
        display: block;
        padding: var(--s1) var(--s4);
        border-bottom: 1px solid var(--line);
        background: var(--surface);
        font-size: var(--small);
      }

      summary {
        display: flex;
        align-items: center;
        gap: var(--s2);
        min-height: 1.5rem;
        cursor: pointer;
      }

      summary span {
        min-width: 0;
        overflow: hidden;
        text-overflow: ellipsis;
        white-space: nowrap;
      }

      svg {
        width: 1rem;
        height: 1rem;
      }

      .soft,
      dt {
        color: var(--ink-soft);
      }

      dl {
        display: grid;
        grid-template-columns: auto 1fr;
        gap: var(--s1) var(--s3);
        padding: var(--s2) 0;
      }

      dd {
        overflow-wrap: anywhere;
      }

      p:empty {
        display: none;
      }
    `,
  ];
}

declare global {
  interface HTMLElementTagNameMap {
    "parley-device-card": DeviceCard;
  }
}

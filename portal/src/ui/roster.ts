import { css, html, LitElement, nothing, type PropertyValues, type TemplateResult } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import type { DeviceRow, RosterRow, Session } from "../protocol/wire";
import { controls } from "./controls";
import "./device-line";
import "./long-list";
import type { LongRow } from "./long-list";
import {
  deviceSought,
  emptyDevices,
  joinable,
  matches,
  people,
  person,
  type EmptyDevice,
} from "./roster-order";
import "./roster-row";

/**
 * The people who are logged on, by company, with what can be done with each, and
 * the devices where nobody is.
 */
@customElement("parley-roster")
export class RosterList extends LitElement {
  @property({ attribute: false }) contacts: readonly RosterRow[] = [];
  /** Devices by id. */
  @property({ attribute: false }) devices: ReadonlyMap<string, DeviceRow> = new Map();
  /** The sessions of the companies, some of which can be joined. */
  @property({ attribute: false }) sessions: readonly Session[] = [];
  /** The id of the reader. */
  @property() me = "";
  /** The companies, or groups of them as company/group, that can be chosen. */
  @property({ attribute: false }) companies: readonly string[] = [];
  /** Whether the technician has direct access to devices. */
  @property({ type: Boolean }) direct = false;
  /** The service's clock in milliseconds since 1970. */
  @property({ attribute: false }) now: () => number = Date.now;
  /** Whether the list is what the service last said. */
  @property({ type: Boolean }) current = false;
  /** Whether more people are on their way. */
  @property({ type: Boolean }) loading = false;

  @state() private sought = "";
  @state() private company = "";

  private there: readonly RosterRow[] = [];
  private places: readonly string[] = [];
  private empty: readonly EmptyDevice[] = [];

  // Sorting is for what has changed, not for every letter that is sought.
  protected override willUpdate(changed: PropertyValues<this>): void {
    if (changed.has("contacts")) this.there = people(this.contacts, this.now());
    if (changed.has("devices")) this.empty = emptyDevices([...this.devices.values()], this.now());
    if (!changed.has("contacts") && !changed.has("devices") && !changed.has("companies")) return;
    const everywhere = [
      ...this.companies,
      ...this.there.flatMap((row) => person(row).places),
      ...[...this.devices.values()].flatMap((row) => deviceSought(row).places),
    ];
    this.places = [...new Set(everywhere)].sort();
  }

  protected override render(): TemplateResult {
    const found = this.there.filter((row) => matches(person(row), this.sought, this.company));
    const empty = this.empty.filter(({ row }) => matches(deviceSought(row), this.sought, this.company));
    const count = found.length + empty.length;
    return html`
      <section aria-labelledby="title">
        <h2 id="title">People <span class="count">${this.there.length}</span></h2>
        ${this.filters()}
        <p class="unseen" role="status">${this.sought ? `${count} found` : ""}</p>
        ${
          count > 0
            ? html`<parley-long-list
                label="People and devices"
                .rows=${this.rows(found, empty)}
              ></parley-long-list>`
            : html`<p class="none">${this.emptyWords()}</p>`
        }
        ${this.loading ? html`<p class="none" role="status">Loading more people…</p>` : nothing}
      </section>
    `;
  }

  private filters(): TemplateResult {
    return html`<div class="filters">
      <input
        type="search"
        aria-label="Find a person or device"
        placeholder="Find a person or device"
        .value=${this.sought}
        @input=${(event: Event) => (this.sought = (event.target as HTMLInputElement).value)}
      />
      <select
        aria-label="Company or group"
        ?hidden=${this.places.length < 2}
        @change=${(event: Event) => (this.company = (event.target as HTMLSelectElement).value)}
      >
        <option value="">All companies</option>
        ${this.places.map((id) => html`<option value=${id}>${id}</option>`)}
      </select>
    </div>`;
  }

  /** Each company's people, and then its devices where nobody is logged on, under its name. */
  private rows(found: readonly RosterRow[], empty: readonly EmptyDevice[]): LongRow[] {
    const companies = [...new Set([...found, ...empty.map(({ row }) => row)].map(({ company }) => company))];
    const of = (company: string): LongRow[] => [
      { key: `company ${company}`, draw: () => html`<h3>${company}</h3>` },
      ...found.filter((row) => row.company === company).map((row) => this.person(row)),
      ...empty.filter(({ row }) => row.company === company).map(({ row }) => this.device(row)),
    ];
    return companies.sort((a, b) => a.localeCompare(b)).flatMap(of);
  }

  private person(row: RosterRow): LongRow {
    return {
      key: `person ${row.id}`,
      draw: () =>
        html`<parley-roster-row
          .row=${row}
          .devices=${this.devices}
          ?direct=${this.direct}
          .join=${joinable(this.sessions, row.id, this.me)}
          .now=${this.now}
        ></parley-roster-row>`,
    };
  }

  private device(row: DeviceRow): LongRow {
    return {
      key: `device ${row.id}`,
      draw: () =>
        html`<parley-device-line .row=${row} ?direct=${this.direct} .now=${this.now}></parley-device-line>`,
    };
  }

  private emptyWords(): string {
    if (!this.current) return "Looking who is there…";
    if (this.there.length + this.empty.length > 0) return "Nobody matches. Change the search or the company.";
    return "Nobody is logged on just now. People appear here as soon as they open their portal.";
  }

  static override styles = [
    controls,
    css`
      h2 {
        font-size: var(--body);
      }

      .count {
        color: var(--ink-soft);
        font-weight: 400;
      }

      .filters {
        display: flex;
        flex-wrap: wrap;
        gap: var(--s2);
        margin: var(--s2) 0;
      }

      input {
        flex: 1 1 14rem;
        min-width: 0;
      }

      select {
        flex: 1 1 8rem;
        min-width: 0;
      }

      .none {
        padding: var(--s3) 0;
        color: var(--ink-soft);
      }
    `,
  ];
}

declare global {
  interface HTMLElementTagNameMap {
    "parley-roster": RosterList;
  }
}

import { css, html, LitElement, nothing, type TemplateResult } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import { repeat } from "lit/directives/repeat.js";
import type { RosterRow } from "../protocol/wire";
import { controls } from "./controls";
import { people, matches, placesOf } from "./roster-order";
import "./roster-row";

/** The people who are logged on, by company, with what can be done with each. */
@customElement("parley-roster")
export class RosterList extends LitElement {
  @property({ attribute: false }) contacts: readonly RosterRow[] = [];
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

  protected override render(): TemplateResult {
    const there = people(this.contacts, this.now());
    const found = there.filter((row) => matches(row, this.sought, this.company));
    const companies = [...new Set(found.map((row) => row.company))];
    const places = [...new Set([...this.companies, ...there.flatMap(placesOf)])].sort();
    return html`
      <section aria-labelledby="title">
        <h2 id="title">People <span class="count">${there.length}</span></h2>
        <div class="filters">
          <input
            type="search"
            aria-label="Find a person or device"
            placeholder="Find a person or device"
            .value=${this.sought}
            @input=${(event: Event) => (this.sought = (event.target as HTMLInputElement).value)}
          />
          <select
            aria-label="Company or group"
            ?hidden=${places.length < 2}
            @change=${(event: Event) => (this.company = (event.target as HTMLSelectElement).value)}
          >
            <option value="">All companies</option>
            ${places.map((id) => html`<option value=${id}>${id}</option>`)}
          </select>
        </div>
        <p class="unseen" role="status">${this.sought ? `${found.length} found` : ""}</p>
        ${companies.map((company) => this.group(company, found))}
        ${this.loading ? html`<p class="none" role="status">Loading more people…</p>` : nothing}
        ${found.length === 0 ? html`<p class="none">${this.emptyWords(there.length)}</p>` : nothing}
      </section>
    `;
  }

  private group(company: string, found: readonly RosterRow[]): TemplateResult {
    const rows = found.filter((row) => row.company === company);
    return html`<h3>${company}</h3>
      <ul aria-label=${`People of ${company}`}>
        ${repeat(
          rows,
          ({ id }) => id,
          (row) => html`<li><parley-roster-row .row=${row} ?direct=${this.direct}></parley-roster-row></li>`,
        )}
      </ul>`;
  }

  private emptyWords(there: number): string {
    if (!this.current) return "Looking who is there…";
    if (there > 0) return "Nobody matches. Change the search or the company.";
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

      h3 {
        margin-top: var(--s3);
        color: var(--ink-soft);
        font-size: var(--small);
        font-weight: 600;
      }

      li + li {
        border-top: 1px solid var(--line);
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

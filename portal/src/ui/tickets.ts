import { css, html, LitElement, nothing, type PropertyValues, type TemplateResult } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import { repeat } from "lit/directives/repeat.js";
import { isOver, type Listing, type LookedInto } from "../client/index";
import type { Activity, Person, RosterRow, Session, Ticket, TicketState } from "../protocol/wire";
import { foldStyles } from "./fold-styles";
import { controls } from "./controls";
import { tell } from "./events";
import type { Picked } from "./sessions";
import "./ticket-card";

const everyMinute = 60_000; // Milliseconds, after which an age is another.

/** The tickets of the companies: what is still open, and what was closed. It asks for them when the reader opens it. */
@customElement("parley-tickets")
export class Tickets extends LitElement {
  @property({ attribute: false }) tickets: readonly Ticket[] = [];
  /** How far the list has come. */
  @property({ attribute: false }) listing: Listing = { kind: "idle" };
  /** Whether there are further ones. */
  @property({ type: Boolean }) more = false;
  /** The companies whose tickets the reader sees. */
  @property({ attribute: false }) companies: readonly string[] = [];
  /** Who is logged on. */
  @property({ attribute: false }) contacts: readonly RosterRow[] = [];
  /** Whether that is what the service last said. */
  @property({ type: Boolean }) current = false;
  /** The sessions that are not over, some of them about a ticket. */
  @property({ attribute: false }) sessions: readonly Session[] = [];
  @property({ attribute: false }) me!: Person;
  /** The ticket that the reader has opened. */
  @property({ attribute: false }) looked: LookedInto | undefined;
  /** The session whose messages the reader wants to see. */
  @property({ attribute: false }) picked: Picked | undefined;
  @property({ type: Number }) ahead = 0;

  @state() private open = false;
  @state() private company = "";
  @state() private shown: TicketState = "open";

  private asked = ""; // The companies that were asked for.
  private there = new Map<string, RosterRow>();
  private clock: ReturnType<typeof setInterval> | undefined;

  override connectedCallback(): void {
    super.connectedCallback();
    this.clock = setInterval(() => this.requestUpdate(), everyMinute);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    clearInterval(this.clock);
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    if (changed.has("contacts")) this.there = new Map(this.contacts.map((row) => [row.id, row]));
  }

  // The companies come with the roster, and are others when the scope is.
  protected override updated(): void {
    if (this.open && this.company === "" && this.companies.join() !== this.asked) this.ask();
  }

  protected override render(): TemplateResult {
    return html`<details @toggle=${(event: Event) => this.toggled(event)}>
      <summary><h2>Tickets</h2></summary>
      ${this.open ? this.inside() : nothing}
    </details>`;
  }

  private inside(): TemplateResult {
    const { tickets, listing } = this;
    const reading = listing.kind === "reading";
    return html`
      ${this.filters()}
      <ul aria-label="Tickets" aria-busy=${reading} ?hidden=${tickets.length === 0}>
        ${repeat(
          tickets,
          ({ id }) => id,
          (ticket) => html`<li>${this.card(ticket)}</li>`,
        )}
      </ul>
      ${listing.kind === "here" && tickets.length === 0 ? html`<p class="none">${this.emptyWords()}</p>` : nothing}
      ${listing.kind === "failed" ? this.failed(listing.fault.message) : nothing}
      <p class="none" role="status" ?hidden=${!reading}>${reading ? "Reading tickets…" : ""}</p>
      ${
        this.more && listing.kind === "here"
          ? html`<button
              class="further"
              type="button"
              @click=${() => tell(this, "parley-more-tickets", null)}
            >
              Show more tickets
            </button>`
          : nothing
      }
    `;
  }

  private filters(): TemplateResult {
    const choice = (value: TicketState, words: string): TemplateResult =>
      html`<option value=${value} ?selected=${this.shown === value}>${words}</option>`;
    return html`<div class="filters">
      <select
        aria-label="Which tickets"
        @change=${(event: Event) => {
          this.shown = (event.target as HTMLSelectElement).value as TicketState;
          this.ask();
        }}
      >
        ${choice("open", "Open")} ${choice("closed", "Closed")}
      </select>
      <select
        aria-label="Company of the tickets"
        ?hidden=${this.companies.length < 2}
        @change=${(event: Event) => {
          this.company = (event.target as HTMLSelectElement).value;
          this.ask();
        }}
      >
        <option value="">All companies</option>
        ${this.companies.map((id) => html`<option value=${id} ?selected=${id === this.company}>${id}</option>`)}
      </select>
    </div>`;
  }

  private card(ticket: Ticket): TemplateResult {
    const about = ({ ticket: of, state }: Session): boolean => of?.id === ticket.id && !isOver(state);
    return html`<parley-ticket-card
      .ticket=${ticket}
      .me=${this.me}
      .activity=${this.activity(ticket)}
      .going=${this.sessions.find(about)}
      .looked=${this.looked?.ticket === ticket.id ? this.looked : undefined}
      .picked=${this.picked}
      .now=${this.now()}
    ></parley-ticket-card>`;
  }

  private failed(why: string): TemplateResult {
    return html`<div class="failed" role="alert">
      <p>The tickets could not be read. ${why}</p>
      <button type="button" @click=${() => this.ask()}>Try again</button>
    </div>`;
  }

  private activity({ contact, company }: Ticket): Activity | undefined {
    if (!this.current) return undefined;
    const row = this.there.get(contact.id);
    return row?.company === company && row.until > this.now() ? row.activity : "offline";
  }

  private now(): number {
    return Date.now() + this.ahead;
  }

  private emptyWords(): string {
    const where = this.company === "" ? "" : ` of ${this.company}`;
    return this.shown === "open"
      ? `No ticket${where} is open. A request for help makes one, or a technician for somebody in the roster.`
      : `No closed ticket${where} is kept.`;
  }

  private toggled(event: Event): void {
    const { open } = event.target as HTMLDetailsElement;
    if (open === this.open) return;
    this.open = open;
    if (open) this.ask();
  }

  private ask(): void {
    const companies = this.company === "" ? this.companies : [this.company];
    this.asked = companies.join();
    if (companies.length > 0) tell(this, "parley-tickets", { companies, state: this.shown });
  }

  static override styles = [
    controls,
    foldStyles,
    css`
      :host {
        border-top: 1px solid var(--line);
      }

      /* What a browser puts between details and its content inherits nothing. */
      details > * {
        box-sizing: border-box;
      }

      h2 {
        font-size: var(--body);
      }

      .filters {
        display: flex;
        flex-wrap: wrap;
        gap: var(--s2);
        margin-bottom: var(--s2);
      }

      select {
        flex: 1 1 8rem;
        min-width: 0;
      }

      li + li {
        border-top: 1px solid var(--line);
      }

      .none {
        padding-bottom: var(--s2);
        color: var(--ink-soft);
        font-size: var(--small);
      }

      .failed {
        display: grid;
        gap: var(--s2);
        justify-items: start;
        color: var(--bad);
      }

      .further {
        width: 100%;
      }
    `,
  ];
}

declare global {
  interface HTMLElementTagNameMap {
    "parley-tickets": Tickets;
  }
}

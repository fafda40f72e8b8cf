import type { ListTickets, Session, Ticket, TicketShown, TicketState } from "../protocol/wire";
import { Events } from "./events";
import { Fault } from "./fault";
import { insist } from "./insist";
import type { Service } from "./service";

/** What a TicketList tells. */
export interface TicketListEvents {
  /** Something of the list changed: draw it again. */
  change: undefined;
}

/** Which tickets are listed. */
export interface TicketQuery {
  /** Companies of a technician's scope; none for a contact's own tickets. */
  companies: readonly string[];
  state: TicketState;
}

/** How far a list has come; what it shows meanwhile stays. */
export type Listing =
  { kind: "idle" } | { kind: "reading" } | { kind: "here" } | { kind: "failed"; fault: Fault };

/** The ticket that its reader has opened, with its sessions once they are here. */
export type LookedInto = { ticket: string } & (
  { kind: "reading" } | { kind: "here"; sessions: readonly Session[] } | { kind: "failed"; fault: Fault }
);

/** How far one company's tickets have been read. */
interface Shelf {
  company: string | undefined;
  after: string | undefined; // What asks for the next page.
  more: boolean;
  oldest: number; // When the last ticket was made that has been read.
}

/**
 * TicketList is the tickets that somebody has asked for, newest first, page by
 * page. It follows every change and asks again after each reconnect. Before it is
 * asked it reads nothing.
 *
 * The service lists one company at a time. Of several, nothing is shown that is
 * older than what has not been read yet of another, so that no later page puts
 * anything before what the reader has seen.
 */
export class TicketList extends Events<TicketListEvents> {
  readonly #service: Service;
  #query: TicketQuery | undefined;
  #shelves: Shelf[] = [];
  #tickets = new Map<string, Ticket>(); // Of either state: a change may overtake an earlier one.
  #missed: Ticket[] | undefined; // Changes that came while the list was asked for.
  #listing: Listing = { kind: "idle" };
  #looked: LookedInto | undefined;
  #round = new AbortController();
  #look = new AbortController();

  /** Only the client makes one. */
  constructor(service: Service) {
    super();
    this.#service = service;
  }

  /** Which tickets are listed; undefined before any were asked for. */
  get query(): TicketQuery | undefined {
    return this.#query;
  }

  /** How far the list has come. */
  get listing(): Listing {
    return this.#listing;
  }

  /** The tickets, newest first. */
  get tickets(): readonly Ticket[] {
    const horizon = this.#horizon();
    const state = this.#query?.state;
    return [...this.#tickets.values()]
      .filter((ticket) => ticket.state === state && ticket.createdAt >= horizon)
      .sort((a, b) => b.createdAt - a.createdAt);
  }

  /** Whether more() brings further ones. */
  get more(): boolean {
    return this.#shelves.some(({ more }) => more);
  }

  /** The ticket that was opened last, if it is still open. */
  get looked(): LookedInto | undefined {
    return this.#looked;
  }

  /** Lists other tickets than before, or the same anew. It resolves when they are here or failed, which listing tells. */
  async list(query: TicketQuery): Promise<void> {
    if (this.#query?.state !== query.state || this.#query.companies.join() !== query.companies.join())
      this.#tickets.clear();
    this.#query = query;
    const companies = query.companies.length > 0 ? query.companies : [undefined];
    this.#shelves = companies.map((company) => ({ company, after: undefined, more: true, oldest: Infinity }));
    const fresh = new Map<string, Ticket>();
    this.#missed = [];
    await this.#read(
      this.#shelves,
      (ticket) => fresh.set(ticket.id, ticket),
      () => {
        this.#tickets = fresh;
        for (const ticket of this.#missed ?? []) this.#put(ticket);
        this.#missed = undefined;
      },
    );
  }

  /** Brings the next page. */
  async showMore(): Promise<void> {
    const horizon = this.#horizon();
    const next = this.#shelves.filter(({ more, oldest }) => more && oldest >= horizon);
    await this.#read(next, (ticket) => this.#put(ticket));
  }

  /** Opens a ticket to see its sessions; undefined closes it. */
  look(ticket: string | undefined): void {
    this.#look.abort();
    this.#looked = ticket === undefined ? undefined : { ticket, kind: "reading" };
    this.emit("change", undefined);
    if (ticket !== undefined) void this.#show(ticket);
  }

  /** A technician makes a ticket for a contact; subject has 1 to 1,024 bytes. */
  async open(contact: { id: string; company: string }, subject: string): Promise<Ticket> {
    const ticket = `${contact.company}/${crypto.randomUUID()}`;
    return this.#answered(insist(this.#service, "ticket.open", { ticket, contact: contact.id, subject }));
  }

  /** A technician closes a ticket, with a note of up to 4,096 bytes. */
  close(ticket: string, note = ""): Promise<Ticket> {
    return this.#answered(insist(this.#service, "ticket.close", { ticket, ...(note !== "" && { note }) }));
  }

  /** A technician opens a closed ticket again. */
  reopen(ticket: string): Promise<Ticket> {
    return this.#answered(insist(this.#service, "ticket.reopen", { ticket }));
  }

  /** Takes a push ticket.changed. Only the client calls it, as the methods below. */
  changed(ticket: Ticket): void {
    const { companies } = this.#query ?? {};
    if (companies === undefined || (companies.length > 0 && !companies.includes(ticket.company))) return;
    this.#missed?.push(ticket);
    this.#put(ticket);
    if (this.#looked?.ticket === ticket.id) void this.#show(ticket.id);
    this.emit("change", undefined);
  }

  /** Takes that a session is another now. */
  sessionChanged(session: Session): void {
    const looked = this.#looked;
    if (looked?.kind !== "here") return;
    const older = looked.sessions.find(({ id, version }) => id === session.id && version < session.version);
    if (older === undefined) return;
    const sessions = looked.sessions.map((one) => (one === older ? session : one));
    this.#looked = { ...looked, sessions };
    this.emit("change", undefined);
  }

  /** Asks again on a new connection. */
  resume(): void {
    if (this.#query !== undefined) void this.list(this.#query);
    if (this.#looked !== undefined) void this.#show(this.#looked.ticket);
  }

  /** The connection is gone. */
  suspend(): void {
    this.#round.abort();
    this.#look.abort();
  }

  // A ticket older than this may have others before it that have not been read.
  #horizon(): number {
    const unread = this.#shelves.filter(({ more, oldest }) => more && oldest < Infinity);
    return Math.max(-Infinity, ...unread.map(({ oldest }) => oldest));
  }

  #put(ticket: Ticket): void {
    const known = this.#tickets.get(ticket.id);
    if (known === undefined || known.version < ticket.version) this.#tickets.set(ticket.id, ticket);
  }

  /** Reads a page of each shelf; then does what is to be done when all are here. */
  async #read(shelves: readonly Shelf[], take: (ticket: Ticket) => void, done?: () => void): Promise<void> {
    this.#round.abort();
    const { signal } = (this.#round = new AbortController());
    this.#become({ kind: "reading" });
    try {
      await Promise.all(shelves.map((shelf) => this.#page(shelf, take, signal)));
      if (signal.aborted) return;
      done?.();
      this.#become({ kind: "here" });
    } catch (err) {
      if (!signal.aborted) this.#become({ kind: "failed", fault: Fault.from(err) });
    }
  }

  async #page(shelf: Shelf, take: (ticket: Ticket) => void, signal: AbortSignal): Promise<void> {
    const { company, after } = shelf;
    const asked: ListTickets = {
      ...(company !== undefined && { company }),
      ...(after !== undefined && { after }),
    };
    const state = this.#query?.state;
    const page = await insist(this.#service, "ticket.list", { ...asked, ...(state && { state }) }, signal);
    if (signal.aborted) return;
    for (const ticket of page.tickets) take(ticket);
    shelf.after = page.next;
    shelf.more = page.next !== undefined;
    shelf.oldest = page.tickets.at(-1)?.createdAt ?? shelf.oldest;
  }

  /** Brings the sessions of the ticket that is open; those that are here stay meanwhile. */
  async #show(ticket: string): Promise<void> {
    this.#look.abort();
    const { signal } = (this.#look = new AbortController());
    try {
      const shown: TicketShown = await insist(this.#service, "ticket.show", { ticket }, signal);
      if (signal.aborted) return;
      this.#put(shown.ticket);
      this.#looked = { ticket, kind: "here", sessions: shown.sessions };
    } catch (err) {
      if (signal.aborted) return;
      this.#looked = { ticket, kind: "failed", fault: Fault.from(err) };
    }
    this.emit("change", undefined);
  }

  async #answered(asked: Promise<{ ticket: Ticket }>): Promise<Ticket> {
    const { ticket } = await asked;
    this.changed(ticket);
    return ticket;
  }

  #become(listing: Listing): void {
    this.#listing = listing;
    this.emit("change", undefined);
  }
}

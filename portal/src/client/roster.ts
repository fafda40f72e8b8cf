import type { Colleague, PresenceChanged, RosterRow, Session } from "../protocol/wire";
import { backoff, rested, type Pace } from "./backoff";
import { Events } from "./events";
import { Fault } from "./fault";
import { isOver } from "./life";
import type { Service } from "./service";

/** What a Roster tells. */
export interface RosterEvents {
  /** Something of the roster changed: draw it again. */
  change: undefined;
}

const pace: Pace = { first: 500, most: 10_000 };
const longest = 2 ** 31 - 1; // Of a timer, in milliseconds.

/**
 * Roster is who and what a technician sees of the companies that they watch.
 * It follows every change, and asks again after each reconnect.
 */
export class Roster extends Events<RosterEvents> {
  readonly #service: Service;
  readonly #contacts = new Map<string, RosterRow>();
  readonly #technicians = new Map<string, Colleague>();
  readonly #sessions = new Map<string, Session>();
  #companies: readonly string[] = [];
  #current = false;
  #more = false;
  #missed: (() => void)[] | undefined; // Pushes that came while the lists were asked for.
  #open = false;
  #round = new AbortController();
  #expiry: ReturnType<typeof setTimeout> | undefined;

  /** Only the client makes one; now is the service's clock. */
  constructor(
    service: Service,
    readonly now: () => number,
  ) {
    super();
    this.#service = service;
  }

  /** The companies that are watched. */
  get companies(): readonly string[] {
    return this.#companies;
  }

  /** Whether the lists below are what the service last said, and not from before a cut. */
  get current(): boolean {
    return this.#current;
  }

  /** Whether there are more end users than the service could list. */
  get more(): boolean {
    return this.#more;
  }

  /** End users by id. One past its `until` is offline. */
  get contacts(): ReadonlyMap<string, RosterRow> {
    return this.#contacts;
  }

  /** Technicians who are logged on, by id; the caller too. */
  get technicians(): ReadonlyMap<string, Colleague> {
    return this.#technicians;
  }

  /** Sessions that are not over, and those that wait to be followed up, by id: see groupsOf(). */
  get sessions(): ReadonlyMap<string, Session> {
    return this.#sessions;
  }

  /**
   * Watches these companies (up to 25) instead of those before. While offline it
   * is remembered and asked at the next connection. It rejects with the fault
   * when the service refuses.
   */
  async watch(companies: readonly string[]): Promise<void> {
    this.#companies = [...companies];
    if (companies.length === 0)
      for (const map of [this.#contacts, this.#technicians, this.#sessions]) map.clear();
    if (this.#open) await this.resume();
  }

  /** Asks again on a new connection. Only the client calls it, as the methods below. */
  async resume(): Promise<void> {
    this.suspend();
    this.#open = true;
    await this.#tryTo();
  }

  /** Asks again on a connection that follows another which is still open: the lists stay current. */
  async renew(): Promise<void> {
    this.#round.abort();
    await this.#tryTo();
  }

  /** The connection is gone. */
  suspend(): void {
    this.#round.abort();
    this.#missed = undefined;
    this.#open = false;
    this.#current = false;
    clearTimeout(this.#expiry);
    this.emit("change", undefined);
  }

  /** Takes a push presence.changed. */
  changed(news: PresenceChanged): void {
    if (this.#companies.length === 0) return;
    this.#missed?.push(() => this.changed(news));
    const { contact, technician } = news;
    if (contact !== undefined) this.#contacts.set(contact.id, contact);
    if (technician?.availability === "offline") this.#technicians.delete(technician.id);
    else if (technician !== undefined) this.#technicians.set(technician.id, technician);
    this.#expire();
  }

  /** Takes a push session.changed, which may have been overtaken by a later one. */
  sessionChanged(session: Session): void {
    if (!this.#companies.includes(session.company)) return;
    this.#missed?.push(() => this.sessionChanged(session));
    const before = this.#sessions.get(session.id);
    if (before !== undefined && session.version < before.version) return;
    if (isOver(session.state) && session.state !== "abandoned") this.#sessions.delete(session.id);
    else this.#sessions.set(session.id, session);
    this.emit("change", undefined);
  }

  /** Asks until the service has answered. It rejects with the fault when it refuses. */
  async #tryTo(): Promise<void> {
    if (this.#companies.length === 0) return;
    const { signal } = (this.#round = new AbortController());
    for (let attempt = 0; ; attempt++) {
      try {
        return await this.#ask(signal);
      } catch (err) {
        if (signal.aborted) return;
        const fault = Fault.from(err);
        if (!fault.retryable) throw fault;
        const wait = backoff(pace, attempt, () => this.#service.random());
        if (!(await rested(wait, signal))) return;
      }
    }
  }

  async #ask(signal: AbortSignal): Promise<void> {
    const companies = [...this.#companies];
    const missed: (() => void)[] = (this.#missed = []);
    const watched = await this.#service.command("presence.watch", { companies }, { signal });
    signal.throwIfAborted(); // Cut in the same breath as the reply came.
    fill(this.#contacts, watched.contacts);
    fill(this.#technicians, watched.technicians);
    fill(this.#sessions, watched.sessions);
    this.#more = watched.more;
    this.#current = true;
    this.#missed = undefined;
    for (const apply of missed) apply();
    this.#expire();
  }

  /** Marks who is past their time, and comes back when the next one is. */
  #expire(): void {
    clearTimeout(this.#expiry);
    const now = this.now();
    let next = Infinity;
    for (const row of this.#contacts.values()) {
      if (row.activity === "offline") continue;
      if (row.until > now) next = Math.min(next, row.until);
      else this.#contacts.set(row.id, { ...row, activity: "offline" });
    }
    if (next < Infinity) this.#expiry = setTimeout(() => this.#expire(), Math.min(next - now, longest));
    this.emit("change", undefined);
  }
}

function fill<T extends { id: string }>(map: Map<string, T>, rows: readonly T[]): void {
  map.clear();
  for (const row of rows) map.set(row.id, row);
}

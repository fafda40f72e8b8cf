import type {
  Colleague,
  DeviceRow,
  Listed,
  PresenceChanged,
  RosterRow,
  Session,
  Watched,
} from "../protocol/wire";
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
const ahead = 2 * 60_000; // How long before a row runs out the service is asked whether it has been confirmed.
const seldom = 8 * 60_000; // The longest until the service is asked again.

/**
 * Roster is who and what a technician sees of the companies that they watch.
 * It follows every change, asks again after each reconnect, and asks from time
 * to time who is still there: that somebody stays is not news.
 */
export class Roster extends Events<RosterEvents> {
  readonly #service: Service;
  readonly #contacts = new Map<string, RosterRow>();
  readonly #devices = new Map<string, DeviceRow>();
  readonly #technicians = new Map<string, Colleague>();
  readonly #sessions = new Map<string, Session>();
  #companies: readonly string[] = [];
  #current = false;
  #loading = false;
  #more = false;
  #missed: (() => void)[] | undefined; // Pushes that came while the lists were asked for.
  #open = false;
  #round = new AbortController();
  #expiry: ReturnType<typeof setTimeout> | undefined;
  #refreshing: ReturnType<typeof setTimeout> | undefined;

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

  /** Whether further pages of end users and devices are on their way for the first time. */
  get loading(): boolean {
    return this.#loading;
  }

  /** Whether there are more sessions than the service could list. */
  get more(): boolean {
    return this.#more;
  }

  /** End users by id. One past its `until` is offline. */
  get contacts(): ReadonlyMap<string, RosterRow> {
    return this.#contacts;
  }

  /** Devices by id, those that are offline too; deviceState() tells what a row says by now. */
  get devices(): ReadonlyMap<string, DeviceRow> {
    return this.#devices;
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
      for (const map of [this.#contacts, this.#devices, this.#technicians, this.#sessions]) map.clear();
    if (this.#open) await this.resume();
  }

  /** Asks again on a new connection. Only the client calls it, as the methods below. */
  async resume(): Promise<void> {
    this.suspend();
    this.#open = true;
    await this.#ask();
  }

  /** Asks again on a connection that follows another which is still open: the lists stay current. */
  async renew(): Promise<void> {
    this.#round.abort();
    await this.#ask();
  }

  /** The connection is gone. */
  suspend(): void {
    this.#round.abort();
    this.#missed = undefined;
    this.#open = false;
    this.#current = false;
    this.#loading = false;
    clearTimeout(this.#expiry);
    clearTimeout(this.#refreshing);
    this.emit("change", undefined);
  }

  /** Takes a push presence.changed. */
  changed(news: PresenceChanged): void {
    if (this.#companies.length === 0) return;
    this.#missed?.push(() => this.#take(news));
    this.#take(news);
    this.#expire();
  }

  /** Takes a push session.changed, which may have been overtaken by a later one. */
  sessionChanged(session: Session): void {
    if (!this.#sees(session)) return;
    this.#missed?.push(() => this.#takeSession(session));
    this.#takeSession(session);
    this.emit("change", undefined);
  }

  #take({ contact, device, technician }: PresenceChanged): void {
    if (contact !== undefined) this.#contacts.set(contact.id, contact);
    if (device !== undefined) this.#devices.set(device.id, device);
    if (technician?.availability === "offline") this.#technicians.delete(technician.id);
    else if (technician !== undefined) this.#technicians.set(technician.id, technician);
  }

  #takeSession(session: Session): void {
    const before = this.#sessions.get(session.id);
    if (before !== undefined && session.version < before.version) return;
    if (isOver(session.state) && session.state !== "abandoned") this.#sessions.delete(session.id);
    else this.#sessions.set(session.id, session);
  }

  // Of a company or of one of its device groups.
  #sees({ company, device }: Session): boolean {
    const group = device?.group;
    return (
      this.#companies.includes(company) ||
      (group !== undefined && this.#companies.includes(`${company}/${group}`))
    );
  }

  /** Asks until the service has answered, and brings all pages. It rejects with the fault when it refuses. */
  async #ask(): Promise<void> {
    const companies = [...this.#companies];
    if (companies.length === 0) return;
    const { signal } = (this.#round = new AbortController());
    this.#missed = [];
    const watch = (): Promise<Watched> => this.#service.command("presence.watch", { companies }, { signal });
    const watched = await this.#until(signal, watch);
    if (watched === undefined) return;
    fill(this.#technicians, watched.technicians);
    fill(this.#sessions, watched.sessions);
    this.#more = watched.more;
    this.#current = true;
    this.#loading = watched.next !== undefined;
    await this.#pages(companies, watched, signal);
  }

  /** Asks who is still there, without a word to those who look at the lists meanwhile. */
  async #refresh(): Promise<void> {
    const companies = [...this.#companies];
    const { signal } = (this.#round = new AbortController());
    this.#missed = [];
    const first = await this.#until(signal, () => this.#list(companies, "", signal));
    if (first !== undefined) await this.#pages(companies, first, signal);
  }

  #list(companies: string[], after: string, signal: AbortSignal): Promise<Listed> {
    return this.#service.command("presence.list", { companies, after }, { signal });
  }

  /** Takes a page and all that follow; who is on none of them is gone. */
  async #pages(companies: string[], first: Listed, signal: AbortSignal): Promise<void> {
    const seen = new Set<string>();
    for (let page = first; ;) {
      for (const row of page.contacts) this.#contacts.set(row.id, row);
      for (const row of page.devices) this.#devices.set(row.id, row);
      for (const { id } of [...page.contacts, ...page.devices]) seen.add(id);
      for (const apply of this.#missed ?? []) apply(); // They may be newer than the page.
      const next: string | undefined = page.next;
      if (next === undefined) break;
      this.emit("change", undefined);
      const following = await this.#until(signal, () => this.#list(companies, next, signal));
      if (following === undefined) return; // Cut, and asked anew.
      page = following;
    }
    for (const map of [this.#contacts, this.#devices])
      for (const id of map.keys()) if (!seen.has(id)) map.delete(id);
    for (const apply of this.#missed ?? []) apply(); // Who came while the lists were read.
    this.#missed = undefined;
    this.#loading = false;
    this.#expire();
    this.#stay(signal);
  }

  /** Asks again and again while a retry may help; undefined when the round is over. */
  async #until<T>(signal: AbortSignal, ask: () => Promise<T>): Promise<T | undefined> {
    for (let attempt = 0; ; attempt++) {
      try {
        const answer = await ask();
        return signal.aborted ? undefined : answer; // Cut in the same breath as the reply came.
      } catch (err) {
        if (signal.aborted) return undefined;
        const fault = Fault.from(err);
        if (!fault.retryable) throw fault;
        const wait = backoff(pace, attempt, () => this.#service.random());
        if (!(await rested(wait, signal))) return undefined;
      }
    }
  }

  /** Comes back before the first row runs out, though not all the time. */
  #stay(signal: AbortSignal): void {
    clearTimeout(this.#refreshing);
    const wait = Math.max(ahead, Math.min(seldom, this.#soonest() - ahead - this.now()));
    this.#refreshing = setTimeout(() => {
      if (!signal.aborted) void this.#refresh().catch(() => undefined); // What runs out is offline.
    }, wait);
  }

  /** When the next row runs out that has not yet. */
  #soonest(): number {
    const now = this.now();
    let next = Infinity;
    for (const { activity, until } of this.#contacts.values())
      if (activity !== "offline" && until > now) next = Math.min(next, until);
    for (const { until = 0 } of this.#devices.values()) if (until > now) next = Math.min(next, until);
    return next;
  }

  /** Marks who is past their time, and comes back when the next one is. */
  #expire(): void {
    clearTimeout(this.#expiry);
    const now = this.now();
    for (const row of this.#contacts.values())
      if (row.activity !== "offline" && row.until <= now)
        this.#contacts.set(row.id, { ...row, activity: "offline" });
    const next = this.#soonest();
    if (next < Infinity) this.#expiry = setTimeout(() => this.#expire(), Math.min(next - now, longest));
    this.emit("change", undefined);
  }
}

function fill<T extends { id: string }>(map: Map<string, T>, rows: readonly T[]): void {
  map.clear();
  for (const row of rows) map.set(row.id, row);
}

import type {
  Availability,
  CommandName,
  Commands,
  May,
  Office,
  Person,
  Self,
  Session,
  Welcome,
} from "../protocol/wire";
import { ActivityClock } from "./activity";
import type { Connection } from "./connection";
import { browser, type Environment } from "./environment";
import { Events } from "./events";
import type { AnyPush, CommandOptions } from "./exchange";
import { Fault, Unanswered } from "./fault";
import { Link, type ConnectionState } from "./link";
import { whenOpen } from "./opened";
import type { MessageStorage, Undelivered } from "./outbox";
import { Roster } from "./roster";
import type { Service } from "./service";
import type { LiveSession } from "./session";
import { Sessions, type Beginning } from "./sessions";
import { TicketList } from "./tickets";

/** How a client reaches the service. */
export interface ParleyOptions {
  /** wss://… of the API's stage. It never holds the token. */
  url: string;
  /**
   * Brings a fresh token; called before every try to connect. A rejection with a
   * Fault `unauthenticated` or `forbidden` ends in the state refused, any other
   * is tried again later.
   */
  token: () => Promise<string>;
  /** Keeps unsent messages over a reload; memory when absent. */
  storage?: MessageStorage;
  /** Closes the client. */
  signal?: AbortSignal;
  /**
   * The age at which a connection is followed by the next, in milliseconds; up to
   * a twentieth more or less. 110 minutes when absent: API Gateway ends a
   * connection after two hours.
   */
  renewAfter?: number;
  /** The world around the client; the browser's when absent. */
  environment?: Environment;
}

/** What a client tells. */
export interface ClientEvents {
  /** The state of the connection changed. */
  state: ConnectionState;
  /** The service said hello: after every (re)connect. */
  welcome: Welcome;
  /** The caller is in a session that the client did not know of. */
  session: LiveSession;
  /** The sessions that wait for the caller's yes are others now. */
  offers: readonly Session[];
  /** The messages whose session is not to be had any more are others now. */
  undelivered: readonly Undelivered[];
  /** The caller's availability changed, here or on another page. */
  availability: Availability;
  /** Any push, after the client itself has applied it. */
  push: AnyPush;
}

const staff = "_staff"; // The home of technicians, where a company's id would be.
const beatTimeout = 10_000;
const helloTimeout = 30_000; // The functions may only be starting; API Gateway gives up after 29 seconds.
const renewAfter = 110 * 60_000;

/**
 * ParleyClient connects a page to Parley, by itself and for as long as it is
 * open. It begins to connect when it is made.
 */
export class ParleyClient extends Events<ClientEvents> implements Service {
  /** What a technician watches. */
  readonly roster = new Roster(this, () => this.now());
  /** The tickets that were asked for: a contact's own, or those of companies. */
  readonly tickets = new TicketList(this);
  /** Whether an end user is at the page: call seen() on every user activity. */
  readonly activity = new ActivityClock();

  readonly #environment: Environment;
  readonly #link: Link;
  readonly #sessions: Sessions;
  readonly #closed = new AbortController();
  #welcome: Welcome | undefined; // Of the connection that is made at the moment.
  #me: Self | undefined;
  #may: May | undefined;
  #availability: Availability | undefined;
  #ahead = 0; // The service's clock before ours, in milliseconds.
  #reported: string | undefined; // The activity that the service last heard of.
  #beat: ReturnType<typeof setInterval> | undefined;

  constructor(options: ParleyOptions) {
    super();
    this.#environment = options.environment ?? browser();
    this.#sessions = new Sessions({
      service: this,
      storage: options.storage,
      open: () => this.state.kind === "open",
      known: (live) => this.emit("session", live),
      changed: (session) => this.#sessionChanged(session),
      offered: () => this.emit("offers", this.offers),
      undelivered: () => this.emit("undelivered", this.undelivered),
    });
    this.#link = new Link({
      url: options.url,
      token: options.token,
      environment: this.#environment,
      renewAfter: options.renewAfter ?? renewAfter,
      greet: (connection, signal) => this.#greet(connection, signal),
      move: () => this.#move(),
      hear: (push) => this.#hear(push),
      lost: () => this.#lost(),
      changed: () => this.#changed(),
    });
    this.activity.addEventListener("change", () => this.#report());
    this.roster.addEventListener("change", () => this.#sessions.offer(this.roster.sessions.values()));
    options.signal?.addEventListener("abort", () => this.close(), { once: true });
    if (options.signal?.aborted === true) this.close();
    else this.#link.connect();
  }

  /** The state of the connection. */
  get state(): ConnectionState {
    return this.#link.state;
  }

  /** Who the service takes the caller for; undefined until the first welcome. */
  get me(): Self | undefined {
    return this.#me;
  }

  /** What a contact is offered; everything until the service has said. */
  get may(): May {
    return this.#may ?? { request: true, callback: true };
  }

  /** The caller; it throws `unavailable` before the first welcome. */
  get person(): Person {
    if (this.#me === undefined) throw new Fault("unavailable", "The service has not said yet who you are.");
    const { id, name, role } = this.#me;
    return { id, name, role };
  }

  /** A technician's own availability. */
  get availability(): Availability | undefined {
    return this.#availability;
  }

  /** The sessions that the caller takes part in, or that were opened, by id. */
  get sessions(): ReadonlyMap<string, LiveSession> {
    return this.#sessions.live;
  }

  /**
   * The sessions that wait for the caller's yes, the oldest first: approve() or
   * refuse() those that a technician asks for (state connecting), take() or
   * refuse() those that a colleague hands on (transfer).
   */
  get offers(): readonly Session[] {
    return this.#sessions.offers;
  }

  /** The caller's messages that failed and whose session is not to be had any more, so that no LiveSession shows them. */
  get undelivered(): readonly Undelivered[] {
    return this.#sessions.undelivered;
  }

  /** Takes away an undelivered message. */
  discard(message: string): void {
    this.#sessions.discard(message);
  }

  /** Tries again to send an undelivered message. It rejects with a Fault, and the message stays. */
  retry(message: string): Promise<void> {
    return this.#sessions.retry(message);
  }

  /** The service's clock, in milliseconds since 1970. */
  now(): number {
    return Date.now() + this.#ahead;
  }

  /** A number from 0 to 1, as Math.random. */
  random(): number {
    return this.#environment.random();
  }

  /** Sends a command and waits for its reply. It rejects with a Fault: at once with `unavailable` when not open. */
  command<Name extends CommandName>(
    name: Name,
    data: Commands[Name]["data"],
    options?: CommandOptions,
  ): Promise<Commands[Name]["reply"]> {
    const { connection } = this.#link;
    if (connection === undefined)
      return Promise.reject(new Fault("unavailable", "There is no connection at the moment."));
    const reply = connection.ask(name, data, options);
    reply.catch((err: unknown) => {
      if (err instanceof Unanswered) this.#tellAlive();
    });
    return reply;
  }

  /** A technician begins a session with a contact of a company. */
  start(contact: { id: string; company: string }, device?: string): Promise<LiveSession> {
    const data = { session: `${contact.company}/${crypto.randomUUID()}`, contact: contact.id };
    return this.#begin("session.start", device === undefined ? data : { ...data, device });
  }

  /** A technician begins a session about an open ticket, with its contact, who must be online. */
  startAbout({ id: ticket, company }: { id: string; company: string }): Promise<LiveSession> {
    return this.#begin("session.start", { session: `${company}/${crypto.randomUUID()}`, ticket });
  }

  /** A contact asks for help; problem has 1 to 1,024 bytes. It may be about an open ticket of theirs. */
  request(problem: string, ticket?: string): Promise<LiveSession> {
    const session = `${this.#me?.company ?? ""}/${crypto.randomUUID()}`;
    return this.#begin("session.request", { session, problem, ...(ticket !== undefined && { ticket }) });
  }

  /**
   * A technician lets somebody in who has no account, by the digest of a secret
   * that only they are told: into a new session of a company, or one that goes on.
   */
  invite(
    secret: string,
    to: { session: string } | { company: string; kind: "ondemand" | "guest"; name?: string },
  ): Promise<LiveSession> {
    if ("session" in to) return this.#begin("session.invite", { session: to.session, secret });
    const { company, kind, name = "" } = to;
    const session = `${company}/${crypto.randomUUID()}`;
    return this.#begin("session.invite", { session, kind, secret, ...(name !== "" && { name }) });
  }

  /** A technician withdraws an invite, or takes a guest out who came by it. */
  async revoke(session: string, guest: string): Promise<void> {
    this.#sessions.answered(await this.command("session.revoke", { session, guest }));
  }

  /** A technician begins to talk with a colleague. */
  talk(colleague: { id: string }): Promise<LiveSession> {
    return this.start({ id: colleague.id, company: staff });
  }

  /** A technician joins a session. With answer only to be the one who answers: `conflict` says who was first. */
  join(session: string, { answer = false } = {}): Promise<LiveSession> {
    return this.#begin("session.join", { session, ...(answer && { answer }) });
  }

  /** A contact agrees to an offer. */
  approve(session: string): Promise<LiveSession> {
    return this.#begin("session.approve", { session });
  }

  /** A contact does not agree to an offer, or a technician to a transfer. */
  async refuse(session: string): Promise<void> {
    this.#sessions.answered(await this.command("session.refuse", { session }));
  }

  /** A technician takes a session over from whom they saw in charge; from nobody named, what was transferred to them. */
  take(session: string, from?: string): Promise<LiveSession> {
    return this.#begin("session.take", { session, ...(from !== undefined && { from }) });
  }

  /** A technician ends a session, also one that was abandoned and in which they take no part; solved, its ticket too. */
  async end(session: string, note = "", solved = false): Promise<void> {
    const more = { ...(note !== "" && { note }), ...(solved && { solved }) };
    this.#sessions.answered(await this.command("session.end", { session, ...more }));
  }

  /** Whether somebody is there to answer now, and when that changes. */
  office(): Promise<Office> {
    return this.command("session.office", {});
  }

  /** Brings a session by its id, such as one that is ended. */
  open(session: string): Promise<LiveSession> {
    return this.#sessions.open(session);
  }

  /** Lets go of a session that is of no interest any more. News of it, if there is any, brings it again. */
  forget(session: string): void {
    this.#sessions.forget(session);
  }

  /** Sets a technician's own presence; it sticks. */
  async setAvailability(availability: Availability): Promise<void> {
    await this.command("presence.set", { availability });
    this.#become(availability);
  }

  /** Waits until the connection is open. It rejects when the client is closed or the signal aborts. */
  opened(signal?: AbortSignal): Promise<void> {
    return whenOpen(this, signal);
  }

  /** Tries to connect now. When open, it checks that the service still answers. */
  reconnect(): void {
    if (this.state.kind === "open") this.#tellAlive();
    else this.#link.retry();
  }

  /** Ends everything. Nothing happens after it. */
  close(): void {
    this.#closed.abort();
    this.#link.close();
    this.activity.stop();
    this.#lost();
  }

  #begin<Name extends Beginning>(name: Name, data: Commands[Name]["data"]): Promise<LiveSession> {
    return this.#sessions.begin(name, data, this.#closed.signal);
  }

  /** The first command of a connection. */
  async #greet(connection: Connection, signal: AbortSignal): Promise<void> {
    const { activity } = this.activity;
    const welcome = await connection.ask("presence.hello", this.#helps() ? {} : { activity }, {
      signal,
      timeout: helloTimeout,
    });
    if (connection.over) return; // Cut in the same breath as the reply came.
    this.#ahead = welcome.now - Date.now();
    this.#reported = activity;
    this.#me = welcome.you;
    this.#may = welcome.may;
    this.#sessions.belongTo(welcome.you);
    if (welcome.availability !== undefined) this.#become(welcome.availability);
    this.#welcome = welcome;
  }

  #changed(): void {
    const welcome = this.#welcome;
    if (this.state.kind === "open" && welcome !== undefined) this.#settle(welcome);
    this.emit("state", this.state);
  }

  /** Asks on a new connection for all that was asked for before. */
  #settle(welcome: Welcome): void {
    this.#welcome = undefined;
    this.#beat = setInterval(() => this.#tellAlive(), welcome.beatSeconds * 1000);
    if (!this.#helps()) this.activity.start(welcome.awaySeconds);
    this.#sessions.welcome(welcome);
    this.roster.resume().catch(() => undefined); // The roster stays not current.
    this.tickets.resume();
    this.#report();
    this.emit("welcome", welcome);
  }

  /** The same on a connection that follows another which is still open, so that nobody notices. */
  async #move(): Promise<void> {
    const welcome = this.#welcome;
    if (welcome === undefined) return;
    this.#report();
    await Promise.allSettled([this.#sessions.renew(welcome), this.roster.renew()]);
  }

  #helps(): boolean {
    return this.#me?.role === "technician";
  }

  #hear(push: AnyPush): void {
    const { name, data } = push;
    if (name === "session.changed") this.#sessionChanged(data.session);
    if (name === "ticket.changed") this.tickets.changed(data.ticket);
    if (name === "presence.changed") {
      this.roster.changed(data);
      if (data.technician !== undefined && data.technician.id === this.#me?.id)
        this.#become(data.technician.availability);
    }
    this.#sessions.apply(push);
    this.emit("push", push);
  }

  #sessionChanged(session: Session): void {
    this.roster.sessionChanged(session);
    this.tickets.sessionChanged(session);
  }

  #become(availability: Availability): void {
    if (this.#availability === availability) return;
    this.#availability = availability;
    this.emit("availability", availability);
  }

  /** Tells an end user's activity where the service does not know it yet. */
  #report(): void {
    const { activity } = this.activity;
    if (this.state.kind !== "open" || this.#helps() || this.#reported === activity) return;
    this.#reported = activity;
    this.command("presence.report", { activity }).catch(() => {
      this.#reported = undefined; // The next beat tries again.
    });
  }

  /**
   * Renews the lease, finds out about a connection that is dead without having
   * been closed, and about sessions of which every push was lost.
   */
  #tellAlive(): void {
    this.#report();
    const { connection } = this.#link;
    const beat = { asks: true, known: this.#sessions.known };
    connection?.ask("presence.beat", beat, { timeout: beatTimeout }).then(
      ({ sessions = [] }) => this.#sessions.missed(sessions),
      (err: unknown) => {
        const silent = Date.now() - connection.heardAt >= beatTimeout; // Else it is only slow.
        if (err instanceof Unanswered && silent) this.#link.drop(connection);
      },
    );
  }

  #lost(): void {
    clearInterval(this.#beat);
    this.#sessions.suspend();
    this.roster.suspend();
    this.tickets.suspend();
  }
}

import type {
  Availability,
  CommandName,
  Commands,
  Office,
  Person,
  Resumed,
  Self,
  Session,
  SessionReply,
  Welcome,
} from "../protocol/wire";
import { ActivityClock } from "./activity";
import { backoff, rested, type Pace } from "./backoff";
import { browser, type Environment } from "./environment";
import { Events } from "./events";
import { Exchange, type AnyPush, type CommandOptions } from "./exchange";
import { Fault, Unanswered } from "./fault";
import { isOver, takesPart } from "./life";
import { Link, type ConnectionState } from "./link";
import { Offers } from "./offers";
import { Outbox, type MessageStorage } from "./outbox";
import { Roster } from "./roster";
import type { Service } from "./service";
import { LiveSession } from "./session";

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
  /** The caller's availability changed, here or on another page. */
  availability: Availability;
  /** Any push, after the client itself has applied it. */
  push: AnyPush;
}

/** The commands by which the caller gets into a session. */
type Beginning = "session.start" | "session.request" | "session.approve" | "session.join" | "session.take";

const beatTimeout = 10_000;
const beginTries = 4;
const staff = "_staff"; // The home of technicians, where a company's id would be.
const beginPace: Pace = { first: 500, most: 4_000 };

/**
 * ParleyClient connects a page to Parley, by itself and for as long as it is
 * open. It begins to connect when it is made.
 */
export class ParleyClient extends Events<ClientEvents> implements Service {
  /** What a technician watches. */
  readonly roster = new Roster(this, () => this.now());
  /** Whether an end user is at the page: call seen() on every user activity. */
  readonly activity = new ActivityClock();

  readonly #options: ParleyOptions;
  readonly #environment: Environment;
  readonly #link: Link;
  readonly #exchange = new Exchange();
  readonly #sessions = new Map<string, LiveSession>();
  readonly #offers = new Offers(() => this.#me?.id);
  readonly #closed = new AbortController();
  #welcome: Welcome | undefined; // Until what it tells is taken.
  #me: Self | undefined;
  #availability: Availability | undefined;
  #outbox: Outbox | undefined;
  #ahead = 0; // The service's clock before ours, in milliseconds.
  #reported: string | undefined; // The activity that the service last heard of.
  #beat: ReturnType<typeof setInterval> | undefined;

  constructor(options: ParleyOptions) {
    super();
    this.#options = options;
    this.#environment = options.environment ?? browser();
    this.#link = new Link({
      url: options.url,
      token: options.token,
      environment: this.#environment,
      greet: (signal) => this.#greet(signal),
      hear: (text) => this.#hear(text),
      lost: () => this.#lost(),
      changed: () => this.#changed(),
    });
    this.activity.addEventListener("change", () => this.#report());
    this.roster.addEventListener("change", () => this.#offer(this.roster.sessions.values()));
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
    return this.#sessions;
  }

  /**
   * The sessions that wait for the caller's yes, the oldest first: approve() or
   * refuse() those that a technician asks for (state connecting), take() or
   * refuse() those that a colleague hands on (transfer).
   */
  get offers(): readonly Session[] {
    return this.#offers.list;
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
    const reply = this.#exchange.ask((text) => this.#link.send(text), name, data, options);
    reply.catch((err: unknown) => {
      if (err instanceof Unanswered && name !== "presence.beat") this.#tellAlive();
    });
    return reply;
  }

  /** A technician begins a session with a contact of a company. */
  start(contact: { id: string; company: string }, device?: string): Promise<LiveSession> {
    const data = { session: `${contact.company}/${crypto.randomUUID()}`, contact: contact.id };
    return this.#begin("session.start", device === undefined ? data : { ...data, device });
  }

  /** A contact asks for help; problem has 1 to 1,024 bytes. */
  request(problem: string): Promise<LiveSession> {
    const session = `${this.#me?.company ?? ""}/${crypto.randomUUID()}`;
    return this.#begin("session.request", { session, problem });
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
    this.#changedBy(await this.command("session.refuse", { session }));
  }

  /** A technician takes a session over from whom they saw in charge; from nobody named, what was transferred to them. */
  take(session: string, from?: string): Promise<LiveSession> {
    return this.#begin("session.take", { session, ...(from !== undefined && { from }) });
  }

  /** A technician ends a session, also one that was abandoned and in which they take no part. */
  async end(session: string, note = ""): Promise<void> {
    this.#changedBy(await this.command("session.end", { session, ...(note !== "" && { note }) }));
  }

  /** Whether somebody is there to answer now, and when that changes. */
  office(): Promise<Office> {
    return this.command("session.office", {});
  }

  /** Brings a session by its id, such as one that is ended. */
  async open(session: string): Promise<LiveSession> {
    const known = this.#sessions.get(session);
    if (known !== undefined) return known;
    const resumed = await this.command("message.resume", { session, after: 0 });
    return this.#adopt(resumed.session, resumed);
  }

  /** Lets go of a session that is of no interest any more. News of it, if there is any, brings it again. */
  forget(session: string): void {
    this.#sessions.get(session)?.suspend();
    this.#sessions.delete(session);
  }

  /** Sets a technician's own presence; it sticks. */
  async setAvailability(availability: Availability): Promise<void> {
    await this.command("presence.set", { availability });
    this.#become(availability);
  }

  /** Waits until the connection is open. It rejects when the client is closed or the signal aborts. */
  opened(signal?: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const heard = new AbortController();
      const fail = (err: Error): void => {
        heard.abort();
        reject(err);
      };
      const look = (): void => {
        if (this.state.kind === "closed") fail(new Fault("unavailable", "The client is closed."));
        if (this.state.kind !== "open") return;
        heard.abort();
        resolve();
      };
      if (signal?.aborted === true) return fail(signal.reason as Error);
      signal?.addEventListener("abort", () => fail(signal.reason as Error), { signal: heard.signal });
      this.addEventListener("state", look, { signal: heard.signal });
      look();
    });
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

  /** The first command of a connection, and all that has to be asked again on it. */
  async #greet(signal: AbortSignal): Promise<void> {
    const { activity } = this.activity;
    const welcome = await this.command("presence.hello", this.#helps() ? {} : { activity }, { signal });
    signal.throwIfAborted(); // Cut in the same breath as the reply came.
    this.#ahead = welcome.now - Date.now();
    this.#reported = activity;
    this.#know(welcome.you);
    this.#beat = setInterval(() => this.#tellAlive(), welcome.beatSeconds * 1000);
    if (!this.#helps()) this.activity.start(welcome.awaySeconds);
    if (welcome.availability !== undefined) this.#become(welcome.availability);
    this.#welcome = welcome;
  }

  #changed(): void {
    const welcome = this.#welcome;
    if (this.state.kind === "open" && welcome !== undefined) this.#settle(welcome);
    this.emit("state", this.state);
  }

  #settle(welcome: Welcome): void {
    this.#welcome = undefined;
    const known = [...this.#sessions.values()];
    const told = new Set(welcome.sessions.map(({ id }) => id));
    const withdrawn = this.#offers.keep(({ id, state }) => state !== "connecting" || told.has(id));
    for (const session of welcome.sessions) if (this.#isIn(session)) this.#adopt(session).becomes(session);
    this.#offer(welcome.sessions, withdrawn);
    for (const live of known) void live.resume();
    for (const session of this.#outbox?.sessions ?? []) {
      this.open(session).catch((err: unknown) => this.#abandon(session, Fault.from(err)));
    }
    this.roster.resume().catch(() => undefined); // The roster stays not current.
    this.#report();
    this.emit("welcome", welcome);
  }

  /** Takes the caller's identity. Another person than before shares nothing with the first. */
  #know(you: Self): void {
    if (this.#me?.id !== you.id) {
      this.#sessions.clear();
      this.#offers.clear();
      this.#outbox = new Outbox(you.id, this.#options.storage);
    }
    this.#me = you;
  }

  #helps(): boolean {
    return this.#me?.role === "technician";
  }

  /** Sends a command that may be sent again with the same session id, until its outcome is known. */
  async #begin<Name extends Beginning>(name: Name, data: Commands[Name]["data"]): Promise<LiveSession> {
    for (let attempt = 0; ; attempt++) {
      try {
        const reply = await this.command(name, data);
        const live = this.#adopt(reply.session);
        this.#changedBy(reply);
        return live;
      } catch (err) {
        const wait = beginPace.first + backoff(beginPace, attempt, () => this.random());
        if (!Fault.from(err).retryable || attempt + 1 === beginTries) throw err;
        if (!(await rested(wait, this.#closed.signal))) throw err;
      }
    }
  }

  /** Takes the answer to a command of the caller's own, of which no push comes. */
  #changedBy(reply: SessionReply): void {
    const { session } = reply;
    this.roster.sessionChanged(session);
    this.#offer([session]);
    this.#sessions.get(session.id)?.apply(reply);
  }

  /** Takes sessions that may be offers, or may not be any more. */
  #offer(sessions: Iterable<Session>, changed = false): void {
    for (const session of sessions) changed = this.#offers.take(session) || changed;
    if (changed) this.emit("offers", this.offers);
  }

  /** Returns the live session, made and resumed where it is not known. */
  #adopt(session: Session, resumed?: Resumed): LiveSession {
    const known = this.#sessions.get(session.id);
    if (known !== undefined) return known;
    const outbox = (this.#outbox ??= new Outbox(this.person.id, this.#options.storage));
    const live = new LiveSession(session, this, outbox);
    this.#sessions.set(session.id, live);
    if (this.#link.state.kind === "open") void live.resume(resumed);
    this.emit("session", live);
    return live;
  }

  /** Forgets messages for a session that the service does not let the caller see any more. */
  #abandon(session: string, fault: Fault): void {
    if (fault.retryable) return;
    for (const { message } of this.#outbox?.of(session) ?? []) this.#outbox?.remove(message);
  }

  #hear(text: string): void {
    const push = this.#exchange.hear(text);
    if (push === undefined) return;
    this.#apply(push);
    this.emit("push", push);
  }

  #apply({ name, data }: AnyPush): void {
    switch (name) {
      case "message.posted":
        return this.#known(data.session)?.heard(data.entry);
      case "message.marked":
        return this.#sessions.get(data.session)?.marked(data.mark);
      case "message.typed":
        return this.#sessions.get(data.session)?.typed(data.by, data.typing);
      case "session.attended":
        return this.#sessions.get(data.session)?.attended(data.participant, data.connected);
      case "session.queued":
        return this.#sessions.get(data.session)?.queued(data.place);
      case "session.changed":
        this.roster.sessionChanged(data.session);
        this.#offer([data.session]);
        if (this.#isIn(data.session)) this.#adopt(data.session);
        return this.#sessions.get(data.session.id)?.becomes(data.session, data.entry);
      case "presence.changed":
        this.roster.changed(data);
        if (data.technician?.id === this.#me?.id && data.technician)
          this.#become(data.technician.availability);
        return;
      case "call.signalled":
        return; // For those who listen to pushes.
    }
  }

  /** Returns a session that something was pushed of. One that nobody told of is brought. */
  #known(session: string): LiveSession | undefined {
    const live = this.#sessions.get(session);
    if (live === undefined) this.open(session).catch(() => undefined); // Then it is not for the caller.
    return live;
  }

  #isIn(session: Session): boolean {
    return !isOver(session.state) && takesPart(session, this.#me?.id ?? "");
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

  /** Renews the lease, and finds out about a connection that is dead without having been closed. */
  #tellAlive(): void {
    this.#report();
    this.command("presence.beat", {}, { timeout: beatTimeout }).catch((err: unknown) => {
      if (err instanceof Unanswered) this.#link.drop();
    });
  }

  #lost(): void {
    clearInterval(this.#beat);
    this.#exchange.fail(new Fault("unavailable", "The connection was lost."));
    for (const live of this.#sessions.values()) live.suspend();
    this.roster.suspend();
  }
}

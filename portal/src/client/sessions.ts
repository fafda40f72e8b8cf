import type { Commands, Person, Resumed, Session, SessionReply, Welcome } from "../protocol/wire";
import type { AnyPush } from "./exchange";
import { Fault } from "./fault";
import { insist } from "./insist";
import { isOver, takesPart } from "./life";
import { Offers } from "./offers";
import { Outbox, type MessageStorage, type Undelivered } from "./outbox";
import type { Service } from "./service";
import { LiveSession } from "./session";

/** The commands by which the caller gets into a session. */
export type Beginning =
  | "session.start"
  | "session.request"
  | "session.invite"
  | "session.approve"
  | "session.join"
  | "session.take";

/** How Sessions are used by their client. */
export interface SessionsOptions {
  service: Service;
  storage: MessageStorage | undefined;
  /** Whether there is a connection on which to resume. */
  open: () => boolean;
  /** A session has become known. */
  known: (live: LiveSession) => void;
  /** A session changed by a command of the caller's own, of which no push comes. */
  changed: (session: Session) => void;
  /** The offers are others now. */
  offered: () => void;
  /** The undelivered messages are others now. */
  undelivered: () => void;
}

/** Sessions are all that a client knows: those that the caller takes part in, those offered to them, their unsent messages. */
export class Sessions {
  readonly #options: SessionsOptions;
  readonly #live = new Map<string, LiveSession>();
  readonly #offers = new Offers(() => this.#me);
  #me: string | undefined;
  #outbox: Outbox | undefined;

  constructor(options: SessionsOptions) {
    this.#options = options;
  }

  /** The sessions that the caller takes part in, or that were opened, by id. */
  get live(): ReadonlyMap<string, LiveSession> {
    return this.#live;
  }

  /** The sessions that wait for the caller's yes, the oldest first. */
  get offers(): readonly Session[] {
    return this.#offers.list;
  }

  /** The caller's messages that failed, and whose session is not to be had. */
  get undelivered(): readonly Undelivered[] {
    return this.#outbox?.failed.filter(({ session }) => !this.#live.has(session)) ?? [];
  }

  /** Takes away an undelivered message. */
  discard(message: string): void {
    if (!this.undelivered.some((one) => one.message === message)) return;
    this.#outbox?.remove(message);
    this.#options.undelivered();
  }

  /** Tries again to send an undelivered message, by bringing its session. It rejects with the fault, and the message stays. */
  async retry(message: string): Promise<void> {
    const unsent = this.undelivered.find((one) => one.message === message);
    if (unsent === undefined) return;
    this.#outbox?.revive(unsent);
    try {
      await this.open(unsent.session);
    } catch (err) {
      const fault = Fault.from(err);
      this.#outbox?.fail(unsent, fault);
      throw fault;
    } finally {
      this.#options.undelivered();
    }
  }

  /** Takes the caller's identity. Another person than before shares nothing with the first. */
  belongTo({ id }: Person): void {
    if (this.#me === id) return;
    this.suspend();
    this.#live.clear();
    this.#offers.clear();
    this.#outbox = new Outbox(id, this.#options.storage);
    this.#me = id;
  }

  /** Takes what the service says on a new connection, and resumes every session. */
  welcome({ sessions }: Welcome): void {
    const known = [...this.#live.values()];
    this.#told(sessions);
    for (const live of known) void live.resume();
    for (const session of this.#outbox?.sessions ?? []) {
      this.open(session).catch((err: unknown) => this.#abandon(session, Fault.from(err)));
    }
  }

  /** The same where the connection before is still open. It resolves when all have caught up. */
  async renew({ sessions }: Welcome): Promise<void> {
    const known = [...this.#live.values()];
    this.#told(sessions);
    await Promise.all(known.map((live) => live.renew()));
  }

  /** The connection is gone. */
  suspend(): void {
    for (const live of this.#live.values()) live.suspend();
  }

  /** The ids of the caller's sessions that are known and not over, and of what is offered to them. */
  get known(): string[] {
    const own = [...this.#live.values()].filter(({ session }) => this.#isIn(session));
    return [...new Set([...own, ...this.offers].map(({ id }) => id))];
  }

  /** Takes sessions of the caller's of which every push was lost. */
  missed(sessions: readonly Session[]): void {
    for (const session of sessions) if (this.#isIn(session)) this.#adopt(session).becomes(session);
    this.offer(sessions);
  }

  /** Sends a command that may be sent again with the same session id, until its outcome is known. */
  async begin<Name extends Beginning>(
    name: Name,
    data: Commands[Name]["data"],
    signal: AbortSignal,
  ): Promise<LiveSession> {
    const reply: SessionReply = await insist(this.#options.service, name, data, signal);
    const live = this.#adopt(reply.session);
    this.answered(reply);
    return live;
  }

  /** Takes the answer to a command of the caller's own. */
  answered(reply: SessionReply): void {
    const { session } = reply;
    this.#options.changed(session);
    this.offer([session]);
    this.#live.get(session.id)?.apply(reply);
  }

  /** Takes sessions that may be offers, or may not be any more. */
  offer(sessions: Iterable<Session>, changed = false): void {
    for (const session of sessions) changed = this.#offers.take(session) || changed;
    if (changed) this.#options.offered();
  }

  /** Brings a session by its id. */
  async open(session: string): Promise<LiveSession> {
    const known = this.#live.get(session);
    if (known !== undefined) return known;
    const resumed = await this.#options.service.command("message.resume", { session, after: 0 });
    return this.#adopt(resumed.session, resumed);
  }

  /** Lets go of a session. News of it, if there is any, brings it again. */
  forget(session: string): void {
    this.#live.get(session)?.suspend();
    this.#live.delete(session);
  }

  /** Takes a push that is about a session. */
  apply({ name, data }: AnyPush): void {
    switch (name) {
      case "message.posted":
        return this.#known(data.session)?.heard(data.entry);
      case "message.marked":
        return this.#live.get(data.session)?.marked(data.mark);
      case "message.typed":
        return this.#live.get(data.session)?.typed(data.by, data.typing);
      case "session.attended":
        return this.#live.get(data.session)?.attended(data.participant, data.connected);
      case "session.queued":
        return this.#live.get(data.session)?.queued(data.place);
      case "session.changed":
        this.offer([data.session]);
        if (this.#isIn(data.session)) this.#adopt(data.session);
        return this.#live.get(data.session.id)?.becomes(data.session, data.entry);
      case "presence.changed":
      case "presence.notified":
      case "presence.acknowledged":
      case "ticket.changed":
      case "directory.changed":
      case "call.signalled":
        return; // For others.
    }
  }

  /** Takes the caller's sessions as a welcome tells them. */
  #told(sessions: readonly Session[]): void {
    const told = new Set(sessions.map(({ id }) => id));
    const withdrawn = this.#offers.keep(({ id, state }) => state !== "connecting" || told.has(id));
    this.missed(sessions);
    if (withdrawn) this.#options.offered();
  }

  /** Returns the live session, made and resumed where it is not known. */
  #adopt(session: Session, resumed?: Resumed): LiveSession {
    const known = this.#live.get(session.id);
    if (known !== undefined) return known;
    const { service, storage, open } = this.#options;
    const outbox = (this.#outbox ??= new Outbox(service.person.id, storage));
    const live = new LiveSession(session, service, outbox);
    this.#live.set(session.id, live);
    if (open()) void live.resume(resumed);
    this.#options.known(live);
    return live;
  }

  /** Fails the messages for a session that the service does not let the caller see any more. */
  #abandon(session: string, fault: Fault): void {
    if (fault.retryable) return;
    for (const unsent of this.#outbox?.of(session) ?? []) this.#outbox?.fail(unsent, fault);
    this.#options.undelivered();
  }

  /** Returns a session that something was pushed of. One that nobody told of is brought. */
  #known(session: string): LiveSession | undefined {
    const live = this.#live.get(session);
    if (live === undefined) this.open(session).catch(() => undefined); // Then it is not for the caller.
    return live;
  }

  #isIn(session: Session): boolean {
    return !isOver(session.state) && takesPart(session, this.#me ?? "");
  }
}

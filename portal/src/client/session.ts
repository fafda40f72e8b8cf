import type {
  Entry,
  EntryKind,
  Image,
  Mark,
  Person,
  Resumed,
  Rung,
  Session,
  SessionReply,
} from "../protocol/wire";
import { Attendance } from "./attendance";
import { SessionCommands } from "./commands";
import { Fault } from "./fault";
import { isOver, takesPart } from "./life";
import { Marks, type Reached } from "./marks";
import type { Outbox } from "./outbox";
import { Pursuit } from "./pursuit";
import { Sender, type Outgoing } from "./sender";
import type { Service } from "./service";
import { isSaid, Transcript } from "./transcript";
import { TypingOthers, TypingTeller } from "./typing";

/** What a LiveSession tells. */
export interface LiveSessionEvents {
  /** Anything of the session changed: draw it again. Comes once for all that changes together. */
  change: undefined;
  /** Somebody else's entry arrived, not as part of the history: the moment for a tone or a dot. */
  news: Entry;
}

// Entries that leave the session as it was.
const harmless: ReadonlySet<EntryKind> = new Set(["message", "nudged", "secret", "revealed"]);

/**
 * LiveSession is a session as its participants see it: kept up to date over
 * reconnects, with the caller's own messages on their way.
 *
 * Pushes are hints and the transcript is the truth. Whatever is missing is
 * fetched: after each connect by resuming, in between when a gap shows.
 */
export class LiveSession extends SessionCommands {
  readonly #transcript = new Transcript();
  readonly #sender: Sender;
  readonly #others: TypingOthers;
  readonly #teller: TypingTeller;
  readonly #marks: Marks;
  readonly #attendance = new Attendance();
  readonly #pursuit: Pursuit;
  #session: Session;
  #place: number | undefined;
  #unreachable: Fault | undefined;
  #history = true; // Until the first catching up is done.
  #changing = false;

  /** Only the client makes them. */
  constructor(session: Session, service: Service, outbox: Outbox) {
    super(service);
    this.#session = session;
    const changed = (): void => this.#changed();
    this.#others = new TypingOthers(changed);
    this.#teller = new TypingTeller((typing) => this.#tell(typing));
    this.#marks = new Marks({
      me: () => service.person.id,
      tell: (reach) => service.command("message.read", { session: this.id, ...reach }),
      changed,
    });
    this.#sender = new Sender({
      session: session.id,
      service,
      outbox,
      seq: () => this.#transcript.seq,
      posted: (entry) => this.heard(entry),
      changed,
    });
    this.#pursuit = new Pursuit({
      session: session.id,
      service,
      transcript: this.#transcript,
      attendance: this.#attendance,
      takesPart: () => this.#takesPart(this.#session),
      complete: () => this.#complete(),
      outdated: () => this.#outdated(),
      there: (resumed) => this.#there(resumed),
      added: (entries) => this.#added(entries),
      caughtUp: () => this.#caughtUp(),
      lost: (fault) => this.#lose(fault),
    });
  }

  /** company/uuid */
  get id(): string {
    return this.#session.id;
  }

  /** The session as the service last told it. */
  get session(): Session {
    return this.#session;
  }

  /** The transcript so far, ordered by seq and never with one twice. A new array at each change. */
  override get entries(): readonly Entry[] {
    return this.#transcript.entries;
  }

  override get seq(): number {
    return this.#transcript.seq;
  }

  /** The caller's messages that come after the entries, in order. */
  get outgoing(): readonly Outgoing[] {
    return this.#sender.outgoing;
  }

  /** The ids of the participants who are connected now. */
  get connected(): ReadonlySet<string> {
    return this.#attendance.connected;
  }

  /** Who else is typing. */
  get typing(): readonly Person[] {
    return this.#others.people;
  }

  /** The place of a request among those who wait, from 1; undefined when it is none or not known. */
  get place(): number | undefined {
    return this.#session.state === "requested" ? this.#place : undefined;
  }

  /** How far each participant has come, by id; the caller too. */
  get marks(): ReadonlyMap<string, Mark> {
    return this.#marks.all;
  }

  /** How many messages and nudges of others the caller has not seen on any of their pages. */
  get unread(): number {
    return this.#marks.unread;
  }

  /** How far an entry of the transcript has come with the others. */
  deliveryOf(entry: Entry | number): Reached {
    return this.#marks.reached(typeof entry === "number" ? entry : entry.seq);
  }

  /** Whether everything up to now has been brought since the last (re)connect. */
  get current(): boolean {
    return this.#pursuit.current;
  }

  /** Why the service tells nothing of the session any more; mostly undefined. */
  get unreachable(): Fault | undefined {
    return this.#unreachable;
  }

  /**
   * Says text, or sends an image of which text says what is to be seen, and
   * returns the message's own id. It throws a fault: `invalid` for a text that has
   * not 1 to 8,192 bytes, `conflict` when the session is over or has not begun.
   */
  post(text: string, image?: Image): string {
    this.#mayPost();
    const message = this.#sender.add(text, image);
    this.#teller.sent();
    return message;
  }

  /** Tries again to send a message that failed. It throws as post() does, and the message stays. */
  retry(message: string): void {
    this.#mayPost();
    this.#sender.retry(message);
  }

  /** Takes away a message that failed, or one that was not tried yet. */
  discard(message: string): void {
    this.#sender.discard(message);
  }

  /** The caller changed what they are writing; an empty draft means that they stopped. */
  type(draft: string): void {
    this.#teller.type(draft);
  }

  /** Everything up to this seq is, or was, on the caller's screen. Calling it often is cheap. */
  read(seq: number): void {
    this.#marks.seen(seq);
  }

  /**
   * The caller was told of a message or nudge that they did not see, by this at
   * the most. Technicians are told so of the contact and of each other; a contact
   * learns nothing of whether a technician's page is to be seen.
   */
  notified(seq: number, rung: Rung): void {
    if (this.service.person.role === "technician" && this.#session.kind !== "staff") return;
    this.#marks.notified(seq, rung);
  }

  /** Takes the answer to a command that changed the session. */
  override apply({ session, seq, place }: SessionReply): void {
    this.#place = place ?? this.#place;
    this.#take(session);
    this.#transcript.promise(seq);
    // The service pushes it to all connections but the one that asked.
    if (this.#transcript.gap) this.#pursuit.fill();
  }

  /** Takes a push session.changed. Only the client calls it, as the methods below. */
  becomes(session: Session, entry?: Entry): void {
    // Without its entry it is for those who watch, and shows them less.
    if (entry !== undefined || session.version > this.#session.version) this.#take(session);
    if (entry !== undefined) this.heard(entry);
  }

  /** Takes an entry that was pushed, in whatever order. */
  override heard(entry: Entry): void {
    this.#added(this.#transcript.push(entry));
    this.#pursuit.mindGap();
  }

  /** Takes a push message.typed. */
  typed(person: Person, typing: boolean): void {
    if (person.id !== this.service.person.id) this.#others.set(person, typing);
  }

  /** Takes a push session.queued. */
  queued(place: number): void {
    this.#place = place;
    this.#changed();
  }

  /** Takes a push message.marked. */
  marked(mark: Mark): void {
    this.#marks.take(mark);
  }

  /** Takes a push session.attended. */
  attended(person: Person, connected: boolean): void {
    this.#attendance.set(person.id, connected);
    if (!connected) this.#others.set(person, false);
    this.#changed();
  }

  /** Catches up on a new connection, tries until it has, and sends what waits. */
  async resume(first?: Resumed): Promise<void> {
    this.suspend();
    await this.#pursuit.resume(first);
  }

  /** Catches up on a connection that follows another which is still open: nobody notices. */
  async renew(): Promise<void> {
    await (this.current ? this.#pursuit.renew() : this.resume());
  }

  /** The connection is gone. */
  suspend(): void {
    this.#pursuit.suspend();
    this.#sender.stop();
    this.#marks.stop();
    this.#others.clear();
    this.#changed();
  }

  /** Takes the session as it now is. */
  #there({ session, marks, place }: Resumed): void {
    this.#unreachable = undefined;
    this.#place = place;
    this.#take(session);
    for (const mark of marks) this.#marks.take(mark);
  }

  #added(entries: readonly Entry[]): void {
    const { id } = this.service.person;
    this.#marks.heard(entries); // Before the news of them, which may call the reader.
    for (const entry of entries) {
      if (isSaid(entry)) this.#others.set(entry.by, false);
      if (entry.by.id === id && entry.message !== undefined) this.#sender.delivered(entry.message);
      if (entry.by.id !== id && !this.#history) this.emit("news", entry);
    }
    if (entries.length > 0) this.#changed();
  }

  #take(session: Session): void {
    if (session.version < this.#session.version) return; // Overtaken by a newer one.
    const before = this.#takesPart(this.#session);
    const after = this.#takesPart(session);
    this.#session = session;
    if (before && !after) this.suspend();
    if (after && (!before || this.#unreachable !== undefined)) void this.resume();
    this.#changed();
  }

  /** Whether the caller takes part. The service tells nothing to those who do not. */
  #takesPart(session: Session): boolean {
    return takesPart(session, this.service.person.id);
  }

  /** Whether the last entry is here that can ever be of interest: the one that the session ended with. */
  #complete(): boolean {
    const { state, version } = this.#session;
    return isOver(state) && this.entries.length > 0 && this.#transcript.seq >= version;
  }

  /** Whether an entry tells that the session has changed since it was last heard of. */
  #outdated(): boolean {
    const changed = this.entries.findLast(({ kind }) => !harmless.has(kind));
    return changed !== undefined && changed.seq > this.#session.version;
  }

  #caughtUp(): void {
    this.#history = false;
    this.#sender.go();
    this.#marks.go();
    this.#changed();
  }

  #mayPost(): void {
    const { state, contact } = this.#session;
    if (this.#unreachable !== undefined) throw this.#unreachable;
    if (isOver(state)) throw new Fault("conflict", `This session is ${state}.`);
    if (state === "connecting") throw new Fault("conflict", `${contact.name} has not agreed yet.`);
  }

  #lose(fault: Fault): void {
    this.suspend();
    this.#unreachable = fault;
    this.#sender.fail(fault);
    this.#changed();
  }

  #tell(typing: boolean): void {
    if (!this.current || this.#session.state !== "active") return;
    this.service.command("message.type", { session: this.id, typing }).catch(() => undefined); // It would be stale.
  }

  #changed(): void {
    if (this.#changing) return;
    this.#changing = true;
    queueMicrotask(() => {
      this.#changing = false;
      this.emit("change", undefined);
    });
  }
}

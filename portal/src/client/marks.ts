import type { Entry, Mark, Read, Rung } from "../protocol/wire";
import { Fault } from "./fault";
import { isSaid } from "./transcript";

/** How far a message has come with the others. */
export type Reached = "sent" | "delivered" | "notified" | "read";

/** What is told of the caller: how far they have come, and what told them so while nobody looked. */
export type Reach = Omit<Read, "session">;

/** How Marks are used by their session. */
export interface MarksOptions {
  /** The caller's id. */
  me: () => string;
  /** Tells the service how far the caller has come. */
  tell: (reach: Reach) => Promise<unknown>;
  /** What the others have reached has changed, or how much the caller has not seen. */
  changed: () => void;
}

const settle = 300; // Delivered and read mostly come together within this time, and cost one command.
const every = 2_000;
const spare = 60_000; // As often as a beat, a hidden page may tell that it has called its reader.
const rungs: readonly Rung[] = ["dot", "tone", "toast"]; // The one that is noticed best comes last.

/** What called the caller to a message that they did not see. */
interface Notice {
  seq: number;
  rung: Rung;
}

/**
 * Marks know how far each participant has come in a transcript, and tell the
 * service how far the caller has.
 *
 * Telling costs a command. So there is at most one in 2 seconds, and never more
 * of them than entries of others were heard: each of these allows one, and the
 * last one is kept for telling that they are read. Only a hidden page may tell
 * one more in a minute, so that whoever wrote knows that it has called.
 */
export class Marks {
  readonly #options: MarksOptions;
  readonly #all = new Map<string, Mark>();
  #unread: number[] = []; // Messages of others, by seq.
  #delivered = 0;
  #read = 0;
  #notice: Notice | undefined;
  #told: { delivered: number; read: number; notice: Notice | undefined } = {
    delivered: 0,
    read: 0,
    notice: undefined,
  };
  #toldAt = -Infinity;
  #sparedAt = -Infinity;
  #credit = 0;
  #going = false;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #timerAt = 0;

  constructor(options: MarksOptions) {
    this.#options = options;
  }

  /** How far each participant has come, by id. */
  get all(): ReadonlyMap<string, Mark> {
    return this.#all;
  }

  /** How many messages and nudges of others the caller has not seen, here or on another page. */
  get unread(): number {
    return this.#unread.length;
  }

  /** How far the entry with this seq has come: with whoever of the others has come furthest. */
  reached(seq: number): Reached {
    const others = [...this.#all.values()].filter(({ participant }) => participant !== this.#options.me());
    if (others.some(({ read }) => read >= seq)) return "read";
    if (others.some(({ notified = 0 }) => notified >= seq)) return "notified";
    return others.some(({ delivered }) => delivered >= seq) ? "delivered" : "sent";
  }

  /** Takes what the service tells of a participant. It may be late: nobody goes back. */
  take(told: Mark): void {
    const { participant } = told;
    const before = this.#all.get(participant) ?? { participant, delivered: 0, read: 0 };
    const mark = further(before, told);
    if (mark === undefined) return;
    this.#all.set(participant, mark);
    if (participant === this.#options.me()) this.#knows(mark.delivered, mark.read, noticeOf(mark));
    this.#options.changed();
  }

  /** Takes entries that became part of the transcript. */
  heard(entries: readonly Entry[]): void {
    for (const entry of entries) {
      const { seq, by } = entry;
      if (by.id === this.#options.me()) continue;
      this.#credit++;
      if (!isSaid(entry) && entry.kind !== "nudged") continue;
      this.#delivered = seq;
      if (seq > this.#told.read) this.#unread.push(seq);
    }
    this.#plan();
  }

  /** Everything up to this seq is, or was, on the caller's screen. */
  seen(seq: number): void {
    const read = this.#unread.filter((one) => one <= seq);
    if (read.length === 0) return;
    this.#unread = this.#unread.slice(read.length);
    this.#read = read.at(-1) ?? this.#read;
    this.#options.changed();
    this.#plan();
  }

  /** The caller was told of a message, or a nudge, while they did not see it. */
  notified(seq: number, rung: Rung): void {
    const notice = { seq, rung };
    if (seq > this.#delivered || !isMore(notice, this.#notice)) return;
    this.#notice = notice;
    this.#plan();
  }

  /** Tells from now on. */
  go(): void {
    this.#going = true;
    this.#plan();
  }

  /** Tells no more: there is no connection, or nobody to tell. */
  stop(): void {
    this.#going = false;
    this.#cancel();
  }

  /** The service knows that the caller has come this far, perhaps on another page. */
  #knows(delivered: number, read: number, notice: Notice | undefined): void {
    const told = this.#told;
    this.#told = {
      delivered: Math.max(told.delivered, delivered),
      read: Math.max(told.read, read),
      notice: notice !== undefined && isMore(notice, told.notice) ? notice : told.notice,
    };
    this.#unread = this.#unread.filter((seq) => seq > this.#told.read);
  }

  /** What called the caller, where it is news: nobody minds how they were called to what they have read. */
  #news(): Notice | undefined {
    const { notice, read } = this.#told;
    const far = Math.max(read, this.#read);
    const news = this.#notice;
    return news !== undefined && news.seq > far && isMore(news, notice) ? news : undefined;
  }

  /** What there is to tell at the moment, by what pays for it. */
  #due(): "credit" | "spare" | undefined {
    if (!this.#going) return undefined;
    if (this.#read > this.#told.read) return this.#credit > 0 ? "credit" : undefined;
    const called = this.#news() !== undefined;
    if (this.#credit > 1 && (called || this.#delivered > this.#told.delivered)) return "credit";
    return called ? "spare" : undefined;
  }

  #plan(): void {
    const due = this.#due();
    if (due === undefined) return;
    const since = due === "spare" ? this.#sparedAt + spare : -Infinity;
    const at = Math.max(Date.now() + settle, this.#toldAt + every, since);
    if (this.#timer !== undefined && this.#timerAt <= at) return;
    this.#cancel();
    this.#timerAt = at;
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      const pays = this.#due();
      if (pays === "spare" && Date.now() < this.#sparedAt + spare) this.#plan();
      else if (pays !== undefined) void this.#tell(pays);
    }, at - Date.now());
  }

  #cancel(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  async #tell(pays: "credit" | "spare"): Promise<void> {
    const before = this.#told;
    const news = this.#news();
    this.#knows(this.#delivered, this.#read, news);
    const { delivered, read } = this.#told;
    this.#toldAt = Date.now();
    if (pays === "spare") this.#sparedAt = this.#toldAt;
    else this.#credit--;
    try {
      await this.#options.tell({ delivered, read, ...(news && { notified: news.seq, rung: news.rung }) });
    } catch (err) {
      if (Fault.from(err).retryable) this.#told = before;
    }
    this.#plan();
  }
}

function isMore(one: Notice, than: Notice | undefined): boolean {
  if (than === undefined || one.seq > than.seq) return true;
  return one.seq === than.seq && rungs.indexOf(one.rung) > rungs.indexOf(than.rung);
}

function noticeOf({ notified, rung }: Mark): Notice | undefined {
  return notified === undefined || rung === undefined ? undefined : { seq: notified, rung };
}

/** The further of two marks of a participant in each respect; undefined where that is the first. */
function further(before: Mark, told: Mark): Mark | undefined {
  const notice = noticeOf(told);
  const called = notice !== undefined && isMore(notice, noticeOf(before));
  if (told.delivered <= before.delivered && told.read <= before.read && !called) return undefined;
  return {
    ...before,
    ...(called && told),
    delivered: Math.max(before.delivered, told.delivered),
    read: Math.max(before.read, told.read),
  };
}

import type { Entry, Mark } from "../protocol/wire";
import { Fault } from "./fault";

/** How far a message has come with the others. */
export type Reached = "sent" | "delivered" | "read";

/** How Marks are used by their session. */
export interface MarksOptions {
  /** The caller's id. */
  me: () => string;
  /** Tells the service how far the caller has come. */
  tell: (delivered: number, read: number) => Promise<unknown>;
  /** What the others have reached has changed. */
  changed: () => void;
}

const settle = 300; // Delivered and read mostly come together within this time, and cost one command.
const every = 2_000;

/**
 * Marks know how far each participant has come in a transcript, and tell the
 * service how far the caller has.
 *
 * Telling costs a command. So there is at most one in 2 seconds, and never more
 * of them than entries of others were heard: each of these allows one, and the
 * last one is kept for telling that they are read.
 */
export class Marks {
  readonly #options: MarksOptions;
  readonly #all = new Map<string, Mark>();
  #unread: number[] = []; // Messages of others, by seq.
  #delivered = 0;
  #read = 0;
  #told = { delivered: 0, read: 0 };
  #toldAt = -Infinity;
  #credit = 0;
  #going = false;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(options: MarksOptions) {
    this.#options = options;
  }

  /** How far each participant has come, by id. */
  get all(): ReadonlyMap<string, Mark> {
    return this.#all;
  }

  /** How far the entry with this seq has come: with whoever of the others has come furthest. */
  reached(seq: number): Reached {
    const others = [...this.#all.values()].filter(({ participant }) => participant !== this.#options.me());
    if (others.some(({ read }) => read >= seq)) return "read";
    return others.some(({ delivered }) => delivered >= seq) ? "delivered" : "sent";
  }

  /** Takes what the service tells of a participant. It may be late: nobody goes back. */
  take({ participant, delivered, read }: Mark): void {
    const before = this.#all.get(participant) ?? { participant, delivered: 0, read: 0 };
    if (delivered <= before.delivered && read <= before.read) return;
    const mark = {
      participant,
      delivered: Math.max(before.delivered, delivered),
      read: Math.max(before.read, read),
    };
    this.#all.set(participant, mark);
    if (participant === this.#options.me()) this.#knows(mark.delivered, mark.read);
    this.#options.changed();
  }

  /** Takes entries that became part of the transcript. */
  heard(entries: readonly Entry[]): void {
    for (const { seq, kind, by } of entries) {
      if (by.id === this.#options.me()) continue;
      this.#credit++;
      if (kind !== "message") continue;
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
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  /** The service knows that the caller has come this far, perhaps on another page. */
  #knows(delivered: number, read: number): void {
    this.#told = {
      delivered: Math.max(this.#told.delivered, delivered),
      read: Math.max(this.#told.read, read),
    };
    this.#unread = this.#unread.filter((seq) => seq > this.#told.read);
  }

  #due(): boolean {
    if (!this.#going) return false;
    if (this.#read > this.#told.read) return this.#credit > 0;
    return this.#delivered > this.#told.delivered && this.#credit > 1;
  }

  #plan(): void {
    if (this.#timer !== undefined || !this.#due()) return;
    const wait = Math.max(settle, this.#toldAt + every - Date.now());
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      if (this.#due()) void this.#tell();
    }, wait);
  }

  async #tell(): Promise<void> {
    const before = this.#told;
    this.#knows(this.#delivered, this.#read);
    const { delivered, read } = this.#told;
    this.#credit--;
    this.#toldAt = Date.now();
    try {
      await this.#options.tell(delivered, read);
    } catch (err) {
      if (Fault.from(err).retryable) this.#told = before;
    }
    this.#plan();
  }
}

import type { Entry, Page, Resumed } from "../protocol/wire";
import type { Attendance } from "./attendance";
import { backoff, rested, type Pace } from "./backoff";
import { Fault } from "./fault";
import type { Service } from "./service";
import type { Transcript } from "./transcript";

/** How a Pursuit is used by its session. */
export interface PursuitOptions {
  session: string;
  service: Service;
  transcript: Transcript;
  attendance: Attendance;
  /** Whether the caller takes part. The service tells nothing to those who do not. */
  takesPart: () => boolean;
  /** Whether the last entry is here that can ever be of interest. */
  complete: () => boolean;
  /** Whether an entry tells that the session has changed since it was last heard of. */
  outdated: () => boolean;
  /** Takes the session as it now is. */
  there: (resumed: Resumed) => void;
  /** Takes entries that became part of the transcript. */
  added: (entries: readonly Entry[]) => void;
  /** Everything up to now is here. */
  caughtUp: () => void;
  /** The service refuses for good to tell anything more. */
  lost: (fault: Fault) => void;
}

const gapPatience = 400; // A push that was overtaken mostly comes by itself within this time.
const lookEvery = 120_000; // A lost last push is noticed within this time.
const pace: Pace = { first: 500, most: 10_000 };
const fillPace: Pace = { first: 2 * gapPatience, most: 60_000 };

/**
 * Pursuit keeps a transcript up with the service's: it catches up on each new
 * connection, and fetches what is missing in between. What the service refuses
 * for good is not asked again.
 */
export class Pursuit {
  #current = false;
  #round = new AbortController(); // One for each time of being connected.
  #renewal = new AbortController();
  #gap: ReturnType<typeof setTimeout> | undefined;
  #look: ReturnType<typeof setInterval> | undefined;

  constructor(readonly options: PursuitOptions) {
    this.#round.abort();
  }

  /** Whether everything up to now has been brought since the last (re)connect. */
  get current(): boolean {
    return this.#current;
  }

  /** Catches up on a new connection, and tries until it has. */
  async resume(first?: Resumed): Promise<void> {
    const { takesPart, complete } = this.options;
    if (complete()) return this.#caughtUp();
    if (first === undefined && !takesPart()) return;
    const { signal } = (this.#round = new AbortController());
    if (await this.#tryTo(signal, first)) this.#caughtUp();
  }

  /** Catches up on a connection that follows another which is still open: nobody notices. */
  async renew(): Promise<void> {
    const { takesPart, complete } = this.options;
    this.#renewal.abort();
    if (complete() || !takesPart()) return;
    this.#renewal = new AbortController();
    await this.#tryTo(AbortSignal.any([this.#round.signal, this.#renewal.signal]));
    this.mindGap();
  }

  /** The connection is gone. */
  suspend(): void {
    this.#round.abort();
    this.#current = false;
    clearTimeout(this.#gap);
    clearInterval(this.#look);
    this.#gap = undefined;
  }

  /** Waits a little for what is missing to come by itself, then fetches it. */
  mindGap(): void {
    if (!this.options.transcript.gap) {
      clearTimeout(this.#gap);
      this.#gap = undefined;
    } else if (this.#current && this.#gap === undefined) this.#fillIn(gapPatience);
  }

  /** Fetches at once what is missing. */
  fill(): void {
    if (this.#current) this.#fillIn(0);
  }

  /** Tries to catch up until that is done, refused for good, or the signal aborts. It returns whether it is done. */
  async #tryTo(signal: AbortSignal, first?: Resumed): Promise<boolean> {
    for (let attempt = 0; ; attempt++) {
      try {
        await this.#catchUp(signal, attempt === 0 ? first : undefined);
        signal.throwIfAborted(); // Cut in the same breath as the reply came.
        return true;
      } catch (err) {
        if (signal.aborted) return false;
        const fault = Fault.from(err);
        if (!fault.retryable) {
          this.options.lost(fault);
          return false;
        }
        if (!(await rested(this.#wait(pace, attempt), signal))) return false;
      }
    }
  }

  async #catchUp(signal: AbortSignal, first: Resumed | undefined): Promise<void> {
    const { session, service, transcript, attendance, there } = this.options;
    const after = first === undefined ? transcript.seq : 0;
    const question = attendance.ask();
    try {
      const resumed = first ?? (await service.command("message.resume", { session, after }, { signal }));
      there(resumed);
      question.answered(resumed.connected);
      this.#page(after, resumed);
      if (resumed.more) await this.#list(signal);
    } finally {
      question.over();
    }
  }

  #caughtUp(): void {
    this.#current = true;
    this.options.caughtUp();
    this.mindGap();
    clearInterval(this.#look);
    this.#look = setInterval(() => {
      if (this.options.complete()) clearInterval(this.#look);
      else if (this.#gap === undefined) this.#fillIn(0);
    }, lookEvery);
  }

  /** Brings all entries that are missing. */
  async #list(signal: AbortSignal): Promise<void> {
    const { session, service, transcript } = this.options;
    for (;;) {
      const after = transcript.seq;
      const page = await service.command("message.list", { session, after }, { signal });
      this.#page(after, page);
      if (!page.more || page.entries.length === 0) return;
    }
  }

  #page(after: number, { entries, more }: Page): void {
    this.options.added(this.options.transcript.page(after, entries, more));
  }

  /** Brings what is missing, and the session again where it is outdated. */
  async #fill(signal: AbortSignal): Promise<void> {
    await this.#list(signal);
    if (this.options.outdated()) await this.#catchUp(signal, undefined);
  }

  /** Fetches what is missing after a while, as often as that helps and is needed, more and more slowly. */
  #fillIn(wait: number, attempt = 0): void {
    const { signal } = this.#round;
    const { transcript, lost } = this.options;
    clearTimeout(this.#gap);
    this.#gap = setTimeout(() => {
      const again = (): void => {
        this.#gap = undefined;
        if (transcript.gap) this.#fillIn(this.#wait(fillPace, attempt), attempt + 1);
      };
      this.#fill(signal).then(
        () => !signal.aborted && again(),
        (err: unknown) => {
          if (signal.aborted) return; // By resuming, after the reconnect.
          const fault = Fault.from(err);
          if (fault.retryable) again();
          else lost(fault);
        },
      );
    }, wait);
  }

  #wait(by: Pace, attempt: number): number {
    return backoff(by, attempt, () => this.options.service.random());
  }
}

import { limits } from "../protocol/wire";
import type { Entry, Image, Posted } from "../protocol/wire";
import { backoff, rested, type Pace } from "./backoff";
import { bytes } from "./exchange";
import { Fault } from "./fault";
import type { Outbox, Unsent } from "./outbox";
import type { Service } from "./service";

/** How far one of the caller's own messages has come on its way into the transcript. */
export type Delivery =
  | { kind: "waiting" } // Until there is a connection and its turn has come.
  | { kind: "sending" }
  | { kind: "sent"; seq: number } // In the transcript, but entries before it are still on their way.
  | { kind: "failed"; fault: Fault }; // The service refused it; discard() takes it away.

/** One of the caller's own messages that is not among the entries yet. */
export interface Outgoing {
  readonly message: string;
  readonly text: string;
  readonly image?: Image;
  readonly at: number;
  readonly delivery: Delivery;
}

/** What a Sender tells the session that it belongs to. */
export interface SenderOptions {
  session: string;
  service: Service;
  outbox: Outbox;
  /** The last seq that is known now. */
  seq: () => number;
  /** A message is in the transcript. */
  posted: (entry: Entry) => void;
  /** The list of outgoing messages changed. */
  changed: () => void;
}

interface Item {
  readonly unsent: Unsent;
  delivery: Delivery;
}

const pace: Pace = { first: 500, most: 10_000 };

/**
 * Sender brings the caller's messages of one session into the transcript: one
 * at a time, in order, and never twice.
 *
 * A message keeps its id and its `after` over all tries, by which the service
 * finds one that it has already posted. After a reconnect the session is resumed
 * first, which shows what has arrived; go() then sends the rest.
 */
export class Sender {
  #items: Item[];
  #going = new AbortController();
  #busy = false;

  constructor(readonly options: SenderOptions) {
    this.#items = options.outbox
      .of(options.session)
      .map((unsent) => ({ unsent, delivery: deliveryOf(unsent) }));
    this.#going.abort();
  }

  /** The messages that are not among the entries yet, in order. */
  get outgoing(): readonly Outgoing[] {
    return this.#items.map(({ unsent: { message, text, image, at }, delivery }) => ({
      message,
      text,
      ...(image && { image }),
      at,
      delivery,
    }));
  }

  /** Adds a message and returns its id. It throws `invalid` for a text that no service would take. */
  add(text: string, image?: Image): string {
    if (!image && (text === "" || bytes(text) > limits.maxText)) {
      throw new Fault("invalid", `A message has 1 to ${limits.maxText} bytes.`);
    }
    const { session, outbox } = this.options;
    const unsent: Unsent = {
      session,
      message: crypto.randomUUID(),
      text,
      ...(image && { image }),
      at: Date.now(),
    };
    outbox.add(unsent);
    this.#items.push({ unsent, delivery: { kind: "waiting" } });
    this.options.changed();
    this.#wake();
    return unsent.message;
  }

  /** Takes away a message that failed, or that no try was made for. */
  discard(message: string): void {
    const item = this.#items.find(({ unsent }) => unsent.message === message);
    if (item?.delivery.kind === "failed" || item?.unsent.after === undefined) this.delivered(message);
  }

  /** Tries again to send a message that failed, under the same id. */
  retry(message: string): void {
    const item = this.#items.find(({ unsent }) => unsent.message === message);
    if (item?.delivery.kind !== "failed") return;
    this.options.outbox.revive(item.unsent);
    this.#become(item, { kind: "waiting" });
    this.#wake();
  }

  /** The transcript shows the message. */
  delivered(message: string): void {
    const rest = this.#items.filter(({ unsent }) => unsent.message !== message);
    if (rest.length === this.#items.length) return;
    this.#items = rest;
    this.options.outbox.remove(message);
    this.options.changed();
  }

  /** Sends from now on: the session is resumed. */
  go(): void {
    this.stop();
    const { signal } = (this.#going = new AbortController());
    this.#wake(signal);
  }

  /** Sends no more: the connection is gone. */
  stop(): void {
    this.#going.abort();
    this.#busy = false;
    for (const item of this.#items) if (item.delivery.kind === "sending") item.delivery = { kind: "waiting" };
  }

  /** Fails everything, since the session is out of reach for good. */
  fail(fault: Fault): void {
    this.stop();
    for (const item of this.#items) this.#refused(item, fault);
  }

  #wake(signal: AbortSignal = this.#going.signal): void {
    if (this.#busy || signal.aborted) return;
    this.#busy = true;
    this.#run(signal).catch(() => undefined); // Stopped.
  }

  async #run(signal: AbortSignal): Promise<void> {
    for (let item = this.#next(); item !== undefined; item = this.#next()) {
      await this.#deliver(item, signal);
      signal.throwIfAborted();
    }
    this.#busy = false; // In the same breath as having found nothing, so that no message slips in between.
  }

  #next(): Item | undefined {
    return this.#items.find(({ delivery }) => delivery.kind === "waiting");
  }

  /** Tries until the service has taken or refused the message. */
  async #deliver(item: Item, signal: AbortSignal): Promise<void> {
    for (let attempt = 0; this.#items.includes(item); attempt++) {
      this.#become(item, { kind: "sending" });
      try {
        return this.#posted(item, await this.#post(item, signal));
      } catch (err) {
        signal.throwIfAborted();
        const fault = Fault.from(err);
        if (!fault.retryable) return this.#refused(item, fault);
      }
      this.#become(item, { kind: "waiting" });
      const wait = backoff(pace, attempt, () => this.options.service.random());
      if (!(await rested(wait, signal))) return;
    }
  }

  #post({ unsent }: Item, signal: AbortSignal): Promise<Posted> {
    const { outbox, seq, service } = this.options;
    if (unsent.after === undefined) {
      unsent.after = seq();
      outbox.save();
    }
    const { session, message, text, image, after } = unsent;
    const post = { session, message, text, after, ...(image && { image }) };
    return service.command("message.post", post, { signal });
  }

  #posted(item: Item, { seq, at }: Posted): void {
    const { outbox, posted, service } = this.options;
    const { message, text, image } = item.unsent;
    outbox.remove(message);
    this.#become(item, { kind: "sent", seq });
    posted({ seq, at, kind: "message", by: service.person, message, text, ...(image && { image }) });
  }

  #refused(item: Item, fault: Fault): void {
    this.options.outbox.fail(item.unsent, fault);
    this.#become(item, { kind: "failed", fault });
  }

  #become(item: Item, delivery: Delivery): void {
    item.delivery = delivery;
    this.options.changed();
  }
}

function deliveryOf({ fault }: Unsent): Delivery {
  return fault === undefined
    ? { kind: "waiting" }
    : { kind: "failed", fault: new Fault(fault.code, fault.message) };
}

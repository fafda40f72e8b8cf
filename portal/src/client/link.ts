import { backoff, longest, rested, type Pace } from "./backoff";
import { Connection } from "./connection";
import { Echo } from "./echo";
import type { Environment } from "./environment";
import type { AnyPush } from "./exchange";
import { Fault } from "./fault";

/** The state of the connection. */
export type ConnectionState =
  | { kind: "connecting" }
  | { kind: "open" }
  | { kind: "waiting"; retryAt: number } // Date.now() of the next try; earlier when the network comes back.
  | { kind: "refused"; fault: Fault } // Trying again would not help; reconnect() does it all the same.
  | { kind: "closed" };

/** How a link is used by its owner. */
export interface LinkOptions {
  url: string;
  token: () => Promise<string>;
  environment: Environment;
  /** The age at which a connection is followed by the next, in milliseconds; up to a twentieth more or less. */
  renewAfter: number;
  /** Says hello on a fresh connection. The link is open when it resolves. */
  greet: (connection: Connection, signal: AbortSignal) => Promise<void>;
  /** Asks on the connection, which has taken the place of another, for all that was asked for on that one. */
  move: () => Promise<void>;
  /** Takes a push. */
  hear: (push: AnyPush) => void;
  /** The connection is gone, before the state tells it. */
  lost: () => void;
  /** The state changed. */
  changed: () => void;
}

const pace: Pace = { first: 250, most: 30_000 };
const renewPace: Pace = { first: 1_000, most: 30_000 };
const patience: Pace = { first: 10_000, most: 30_000 }; // API Gateway itself gives up after 29 seconds.
const steadyAfter = 10_000; // A connection that lasts this long makes the next first try fast again.

/**
 * Link keeps one connection open. Each try has a fresh token; between tries it
 * waits with growing, jittered steps, and tries at once when the network is back.
 * It is more patient with each try, too: a service whose functions start slowly,
 * since everybody comes at once, would else be left each time before it answers.
 *
 * API Gateway ends a connection after two hours. Before that the link makes the
 * next one beside it, moves everything there, and closes the first when the next
 * has caught up and nothing waits for a reply: it stays open all the time.
 */
export class Link {
  #state: ConnectionState = { kind: "connecting" };
  #round = new AbortController();
  #connection: Connection | undefined;
  #former: Connection | undefined; // Still open beside the one that follows it.
  #echo: Echo | undefined;
  #renewal: ReturnType<typeof setTimeout> | undefined;
  #attempt = 0;
  #openedAt = 0;
  readonly #closed = new AbortController();

  constructor(readonly options: LinkOptions) {
    const { network } = options.environment;
    const { signal } = this.#closed;
    network.addEventListener("online", () => this.retry(), { signal });
    network.addEventListener("offline", () => this.drop(), { signal });
  }

  get state(): ConnectionState {
    return this.#state;
  }

  /** The connection for whatever is to be asked now; undefined when the link is not open. */
  get connection(): Connection | undefined {
    return this.#connection;
  }

  /** Tries now, unless the link is connecting, open or closed. */
  retry(): void {
    if (this.#state.kind === "waiting" || this.#state.kind === "refused") this.connect();
  }

  /** Gives up the connection, which no longer answers, and makes another. One that was followed already is left alone. */
  drop(connection = this.#connection): void {
    if (connection !== undefined && connection === this.#connection) this.#again();
  }

  /** Ends the link for good. */
  close(): void {
    if (this.#state.kind === "closed") return;
    this.#closed.abort();
    this.#hangUp();
    this.#become({ kind: "closed" });
  }

  /** Begins a try. */
  connect(): void {
    if (this.#state.kind === "closed") return;
    this.#hangUp();
    const { signal } = (this.#round = new AbortController());
    this.#become({ kind: "connecting" });
    this.#meet(signal).then(
      (connection) => this.#opened(connection, signal),
      (err: unknown) => {
        if (!signal.aborted) this.#failed(err);
      },
    );
  }

  #opened(connection: Connection, signal: AbortSignal): void {
    if (signal.aborted) return;
    if (connection.over) return this.#again();
    this.#connection = connection;
    this.#openedAt = Date.now();
    this.#renewLater(signal);
    this.#become({ kind: "open" });
  }

  /** Makes a connection and says hello on it. */
  async #meet(signal: AbortSignal): Promise<Connection> {
    const { url, environment, greet } = this.options;
    const token = await this.options.token();
    signal.throwIfAborted();
    const hear = (from: Connection, push: AnyPush, text: string): void => {
      if (this.#echo?.isNew(from, text) ?? true) this.options.hear(push);
    };
    const closed = (connection: Connection): void => this.#ended(connection);
    const timeout = longest(patience, this.#attempt);
    const connection = await Connection.dial({ url, token, timeout, environment, hear, closed }, signal);
    try {
      await greet(connection, signal);
      return connection; // It may have been cut in the same breath as the reply came.
    } catch (err) {
      connection.close();
      throw err;
    }
  }

  #ended(connection: Connection): void {
    if (connection !== this.#connection) return; // Not in use yet, or any more.
    if (this.#former === undefined || this.#former.over) return this.#again();
    this.#connection = this.#former; // The next one did not last: there is time for another try.
    this.#former = undefined;
    void this.options.move();
    this.#renewLater(this.#round.signal, 1);
  }

  #renewLater(signal: AbortSignal, attempt = 0): void {
    const { renewAfter, environment } = this.options;
    const jitter = (environment.random() * 2 - 1) * (renewAfter / 20);
    const retry = renewPace.first + backoff(renewPace, attempt, () => environment.random());
    clearTimeout(this.#renewal);
    const wait = attempt === 0 ? renewAfter + jitter : retry;
    this.#renewal = setTimeout(() => {
      this.#renew(signal).catch(() => {
        if (!signal.aborted) this.#renewLater(signal, attempt + 1);
      });
    }, wait);
  }

  /** Lets another connection follow the present one. */
  async #renew(signal: AbortSignal): Promise<void> {
    this.#former?.close(); // It could not be left before this one has become old, too.
    this.#echo = new Echo();
    const next = await this.#meet(signal);
    if (next.over) throw new Fault("unavailable", "The connection was lost.");
    const former = (this.#former = this.#connection);
    this.#connection = next;
    this.#renewLater(signal);
    await this.options.move();
    await former?.idle();
    if (this.#connection !== next || this.#former !== former) return; // It did not last.
    former?.close();
    this.#former = undefined;
    this.#echo = undefined;
  }

  #failed(err: unknown): void {
    const fault = Fault.from(err);
    if (fault.code !== "unauthenticated" && fault.code !== "forbidden") return this.#again();
    this.#hangUp();
    this.#become({ kind: "refused", fault });
  }

  /** Waits for the next try. */
  #again(): void {
    this.#hangUp();
    const { environment } = this.options;
    if (this.#openedAt > 0 && Date.now() - this.#openedAt >= steadyAfter) this.#attempt = 0;
    this.#openedAt = 0;
    const wait = environment.online()
      ? backoff(pace, this.#attempt++, () => environment.random())
      : pace.most;
    const round = (this.#round = new AbortController());
    this.#become({ kind: "waiting", retryAt: Date.now() + wait });
    void rested(wait, round.signal).then((still) => {
      if (still) this.connect(); // Else another try began before.
    });
  }

  /** Ends the present try or connection, and what was to follow it. */
  #hangUp(): void {
    const had = this.#connection;
    this.#connection = undefined;
    this.#round.abort();
    clearTimeout(this.#renewal);
    this.#former = undefined;
    this.#echo = undefined;
    if (had !== undefined) this.options.lost();
  }

  #become(state: ConnectionState): void {
    this.#state = state;
    this.options.changed();
  }
}

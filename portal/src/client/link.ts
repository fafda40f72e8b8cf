import { subprotocol } from "../protocol/wire";
import { backoff, rested, type Pace } from "./backoff";
import type { Environment } from "./environment";
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
  /** Says hello on a fresh connection. The link is open when it resolves. */
  greet: (signal: AbortSignal) => Promise<void>;
  /** Takes a frame. */
  hear: (text: string) => void;
  /** The connection is gone, before the state tells it. */
  lost: () => void;
  /** The state changed. */
  changed: () => void;
}

const pace: Pace = { first: 250, most: 30_000 };
const dialTimeout = 10_000;
const steadyAfter = 10_000; // A connection that lasts this long makes the next first try fast again.

/**
 * Link keeps one WebSocket open. Each try has a fresh token; between tries it
 * waits with growing, jittered steps, and tries at once when the network is back.
 */
export class Link {
  #state: ConnectionState = { kind: "connecting" };
  #round = new AbortController();
  #socket: WebSocket | undefined;
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

  /** Sends a frame on the connection that there is; it throws `unavailable` when there is none. */
  send(text: string): void {
    if (this.#socket === undefined) throw new Fault("unavailable", "There is no connection at the moment.");
    this.#socket.send(text);
  }

  /** Tries now, unless the link is connecting, open or closed. */
  retry(): void {
    if (this.#state.kind === "waiting" || this.#state.kind === "refused") this.connect();
  }

  /** Gives up the connection, which no longer answers, and makes another. */
  drop(): void {
    if (this.#socket !== undefined) this.#again();
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
    const round = (this.#round = new AbortController());
    this.#become({ kind: "connecting" });
    this.#try(round.signal).catch((err: unknown) => {
      if (!round.signal.aborted) this.#failed(err);
    });
  }

  async #try(signal: AbortSignal): Promise<void> {
    const token = await this.options.token();
    signal.throwIfAborted();
    await this.#dial(token, signal);
    await this.options.greet(signal);
    signal.throwIfAborted();
    this.#openedAt = Date.now();
    this.#become({ kind: "open" });
  }

  #dial(token: string, signal: AbortSignal): Promise<void> {
    const { environment, url } = this.options;
    const socket = environment.dial(url, [subprotocol, token]);
    const lost = new Fault("unavailable", "The service cannot be reached.");
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        socket.close();
        reject(lost);
      }, dialTimeout);
      signal.addEventListener("abort", () => {
        clearTimeout(timer);
        socket.close();
        reject(lost);
      });
      const opened = (): void => {
        clearTimeout(timer);
        this.#socket = socket;
        resolve();
      };
      const closed = (): void => {
        clearTimeout(timer);
        if (this.#socket === socket) this.#again();
        reject(lost);
      };
      socket.addEventListener("open", opened, { signal });
      socket.addEventListener("close", closed, { signal });
      socket.addEventListener("message", ({ data }) => this.options.hear(String(data)), { signal });
    });
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

  /** Ends the present try or connection. Its socket is not heard any more. */
  #hangUp(): void {
    const had = this.#socket;
    this.#socket = undefined;
    this.#round.abort();
    if (had !== undefined) this.options.lost();
  }

  #become(state: ConnectionState): void {
    this.#state = state;
    this.options.changed();
  }
}

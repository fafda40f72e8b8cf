import { subprotocol } from "../protocol/wire";
import type { CommandName, Commands } from "../protocol/wire";
import type { Environment } from "./environment";
import { Exchange, type AnyPush, type CommandOptions } from "./exchange";
import { Fault } from "./fault";

/** How a connection is made. */
export interface DialOptions {
  url: string;
  token: string;
  /** How long it may take to be open, in milliseconds. */
  timeout: number;
  environment: Environment;
  /** Takes a push; text is the whole frame. */
  hear: (connection: Connection, push: AnyPush, text: string) => void;
  /** The other end has closed the connection. */
  closed: (connection: Connection) => void;
}

/** Connection is one WebSocket, and the commands that wait for their replies on it. */
export class Connection {
  readonly #socket: WebSocket;
  readonly #exchange = new Exchange();
  readonly #over = new AbortController();
  #heardAt = Date.now();

  private constructor(options: DialOptions, until: AbortSignal) {
    this.#socket = options.environment.dial(options.url, [subprotocol, options.token]);
    const { signal } = this.#over;
    until.addEventListener("abort", () => this.close(), { signal });
    const hear = ({ data }: MessageEvent): void => {
      this.#heardAt = Date.now();
      const push = this.#exchange.hear(String(data));
      if (push !== undefined) options.hear(this, push, String(data));
    };
    const closed = (): void => {
      this.close();
      options.closed(this);
    };
    this.#socket.addEventListener("message", hear, { signal });
    this.#socket.addEventListener("close", closed, { signal });
  }

  /** Makes a connection that is closed when the signal aborts. It rejects with `unavailable` when that fails. */
  static dial(options: DialOptions, until: AbortSignal): Promise<Connection> {
    const connection = new Connection(options, until);
    return new Promise((resolve, reject) => {
      const done = new AbortController();
      const timer = setTimeout(() => connection.close(), options.timeout);
      done.signal.addEventListener("abort", () => clearTimeout(timer));
      const fail = (): void => {
        done.abort();
        reject(new Fault("unavailable", "The service cannot be reached."));
      };
      const opened = (): void => {
        done.abort();
        resolve(connection);
      };
      connection.#over.signal.addEventListener("abort", fail, { signal: done.signal });
      connection.#socket.addEventListener("open", opened, { signal: done.signal });
    });
  }

  /** When anything came over it last, by this machine's clock. */
  get heardAt(): number {
    return this.#heardAt;
  }

  /** Whether it is closed. */
  get over(): boolean {
    return this.#over.signal.aborted;
  }

  /** Sends a command and waits for its reply. It rejects with a Fault: with `unavailable` when the connection closes first. */
  ask<Name extends CommandName>(
    name: Name,
    data: Commands[Name]["data"],
    options?: CommandOptions,
  ): Promise<Commands[Name]["reply"]> {
    const send = (text: string): void => {
      if (this.over) throw new Fault("unavailable", "There is no connection at the moment.");
      this.#socket.send(text);
    };
    return this.#exchange.ask(send, name, data, options);
  }

  /** Waits until no command waits for its reply any more. */
  idle(): Promise<void> {
    return this.#exchange.idle();
  }

  /** Closes it. Nothing is heard of it any more, and what waits for a reply fails. */
  close(): void {
    if (this.over) return;
    this.#over.abort();
    this.#socket.close();
    this.#exchange.fail(new Fault("unavailable", "The connection was lost."));
  }
}

import { limits } from "../protocol/wire";
import type { CommandName, Commands, Pushes, PushName } from "../protocol/wire";
import { Fault, Unanswered } from "./fault";

/** What may be said about a command. */
export interface CommandOptions {
  /** Gives up waiting for the reply. The service may carry the command out all the same. */
  signal?: AbortSignal;
  /** How long to wait for the reply, in milliseconds; 15,000 when absent. */
  timeout?: number;
}

/** Any push by name. */
export type AnyPush = { [Name in PushName]: { name: Name; data: Pushes[Name] } }[PushName];

interface Waiting {
  settle(data: unknown): void;
  fail(fault: Fault): void;
}

/** Exchange matches replies with the commands that they answer. */
export class Exchange {
  #last = 0;
  readonly #waiting = new Map<number, Waiting>();
  readonly #idle: (() => void)[] = []; // Who waits for nothing to wait.

  /**
   * Sends a command by send and waits for its reply. It rejects with the fault of
   * the reply, `unavailable` when none comes in time, or `too_large` for a frame
   * at which the gateway would close the connection.
   */
  ask<Name extends CommandName>(
    send: (text: string) => void,
    name: Name,
    data: Commands[Name]["data"],
    { signal, timeout = 15_000 }: CommandOptions = {},
  ): Promise<Commands[Name]["reply"]> {
    const id = ++this.#last;
    const [action, verb] = name.split(".");
    const text = JSON.stringify({ action, id, do: verb, data });
    return new Promise((resolve, reject) => {
      signal?.throwIfAborted();
      if (bytes(text) > limits.maxFrame) throw new Fault("too_large", "This is too large to be sent.");
      const timer = setTimeout(() => fail(new Unanswered()), timeout);
      const done = (): void => {
        clearTimeout(timer);
        this.#waiting.delete(id);
        if (this.#waiting.size === 0) for (const tell of this.#idle.splice(0)) tell();
        signal?.removeEventListener("abort", abort);
      };
      const fail = (reason: Error): void => {
        done();
        reject(reason);
      };
      const abort = (): void => fail(signal?.reason as Error);
      signal?.addEventListener("abort", abort, { once: true });
      this.#waiting.set(id, {
        settle: (reply) => {
          done();
          resolve(reply as Commands[Name]["reply"]);
        },
        fail,
      });
      try {
        send(text);
      } catch (err) {
        fail(Fault.from(err));
      }
    });
  }

  /** Takes a frame: settles the command that it answers, or returns the push that it is. */
  hear(text: string): AnyPush | undefined {
    const frame = decode(text);
    if (typeof frame?.["push"] === "string") {
      return { name: frame["push"], data: frame["data"] } as AnyPush;
    }
    const waiting = typeof frame?.["id"] === "number" ? this.#waiting.get(frame["id"]) : undefined;
    if (isObject(frame?.["error"])) {
      const { code, message } = frame["error"] as unknown as Fault;
      waiting?.fail(new Fault(code, message));
    } else waiting?.settle(frame?.["data"]);
    return undefined;
  }

  /** Waits until no command waits for its reply any more. */
  idle(): Promise<void> {
    if (this.#waiting.size === 0) return Promise.resolve();
    return new Promise((resolve) => this.#idle.push(resolve));
  }

  /** Fails every command that waits, because the connection is gone. */
  fail(fault: Fault): void {
    for (const waiting of [...this.#waiting.values()]) waiting.fail(fault);
  }
}

/** Returns the length of a text in bytes of UTF-8. */
export function bytes(text: string): number {
  return new TextEncoder().encode(text).length;
}

function decode(text: string): Record<string, unknown> | undefined {
  try {
    const frame: unknown = JSON.parse(text);
    return isObject(frame) ? frame : undefined;
  } catch {
    return undefined; // Not ours; API Gateway adds frames of its own.
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

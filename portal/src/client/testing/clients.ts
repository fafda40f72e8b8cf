import { afterEach, beforeEach, expect, vi } from "vitest";
import { ParleyClient, type ParleyOptions } from "../client";
import { World } from "./world";

/** A world of its own for each test of a file, and the client that is connected to it. */
export class Clients {
  #world = new World();
  #client: ParleyClient | undefined;
  #tokens = 0;

  /** To be made once in a file; no timer may be left when a client was closed. */
  constructor() {
    beforeEach(() => {
      vi.useFakeTimers();
      this.#world = new World();
      this.#tokens = 0;
    });
    afterEach(() => {
      this.client.close();
      expect(vi.getTimerCount(), "timers after close()").toBe(0);
      vi.useRealTimers();
    });
  }

  /** The service of this test. */
  get world(): World {
    return this.#world;
  }

  /** The client that was connected last. */
  get client(): ParleyClient {
    if (this.#client === undefined) throw new Error("nobody has connected");
    return this.#client;
  }

  /** Connects, each time with a token of its own. */
  connect(rest: Partial<ParleyOptions> = {}): void {
    this.#client = new ParleyClient({
      url: "wss://parley.example/live",
      token: () => Promise.resolve(`token-${++this.#tokens}`),
      environment: this.world.environment,
      ...rest,
    });
  }
}

/** Lets time pass, and whatever happens meanwhile. */
export const wait = (ms = 0): Promise<unknown> => vi.advanceTimersByTimeAsync(ms);

import { vi } from "vitest";
import { ParleyClient } from "../client";
import type { LiveSession } from "../session";
import { aSession, Drawer, World } from "./world";

/** A page of Alice's with one session, which can be loaded again. */
export class Page {
  readonly world = new World();
  readonly drawer = new Drawer();
  readonly states: string[] = []; // Of the connection, one after the other.
  renewAfter = 110 * 60_000;
  #client: ParleyClient | undefined;

  constructor() {
    this.world.sessions = [aSession()];
  }

  /** Loads the page, until nothing more happens by itself. */
  async load(): Promise<void> {
    this.start();
    await vi.advanceTimersByTimeAsync(0);
  }

  /** Begins to load the page. */
  start(): void {
    this.#client = new ParleyClient({
      url: "wss://parley.example/live",
      token: () => Promise.resolve("t"),
      environment: this.world.environment,
      storage: this.drawer,
      renewAfter: this.renewAfter,
    });
    this.#client.addEventListener("state", ({ detail: { kind } }) => this.states.push(kind));
  }

  get client(): ParleyClient {
    if (this.#client === undefined) throw new Error("the page is not loaded");
    return this.#client;
  }

  get live(): LiveSession {
    const live = this.client.sessions.get("acme/1");
    if (live === undefined) throw new Error("the client does not know the session");
    return live;
  }

  /** What the transcript on the page says. */
  get lines(): string[] {
    return this.live.entries.map(({ text }) => text ?? "");
  }

  /** The caller's own messages below it, and how far each has come. */
  get outgoing(): string[] {
    return this.live.outgoing.map(({ text, delivery }) => `${text}: ${delivery.kind}`);
  }

  /** What the transcript of the service says. */
  get written(): string[] {
    return this.world.transcript.map(({ text }) => text ?? "");
  }
}

import { limits } from "../../protocol/wire";
import type { Entry, Mark, Person, Post, Session, Welcome } from "../../protocol/wire";
import type { Environment } from "../environment";

export const alice: Person = { id: "alice", name: "Alice Doe", role: "technician" };
export const dave: Person = { id: "dave", name: "Dave Miller", role: "contact" };

/** One command as the scripted service sees it. */
export interface Asked {
  id: number;
  name: string;
  data: Record<string, unknown>;
}

/** What becomes of a frame on its way: it arrives after a while, or never, or the connection is cut with it. */
export type Fate = { kind: "arrives"; after: number } | { kind: "lost" } | { kind: "cut" };

/** The code and sentence that a scripted service refuses a command with. */
export class Refusal extends Error {
  constructor(
    readonly code: string,
    message: string,
  ) {
    super(message);
  }
}

/** A WebSocket whose other end is a World. */
export class Socket extends EventTarget {
  readonly token: string | undefined;
  greeted = false;
  hearsSession = false;
  over = false;
  #age: ReturnType<typeof setTimeout> | undefined;

  constructor(
    readonly world: World,
    readonly url: string,
    readonly protocols: string[],
  ) {
    super();
    this.token = protocols[1];
  }

  send(text: string): void {
    if (text.length > limits.maxFrame) return this.cut();
    this.world.arrives(this, text);
  }

  close(): void {
    clearTimeout(this.#age);
    this.over = true;
  }

  accept(): void {
    if (this.world.maxAge < Infinity) this.#age = setTimeout(() => this.cut(), this.world.maxAge);
    this.dispatchEvent(new Event("open"));
  }

  hears(frame: unknown): void {
    if (!this.over) this.dispatchEvent(new MessageEvent("message", { data: JSON.stringify(frame) }));
  }

  cut(): void {
    if (this.over) return;
    this.close();
    this.dispatchEvent(new Event("close"));
  }
}

/**
 * World is a scripted service with one session, for the client's own logic: it
 * keeps a transcript, finds a message by its id, and loses, delays or cuts
 * whatever the test wants. The real service is met in portal/tests.
 */
export class World {
  readonly sockets: Socket[] = [];
  readonly asked: Asked[] = [];
  readonly transcript: Entry[] = [];
  readonly network = new EventTarget();
  online = true;
  handshake: "accepts" | "fails" | "hangs" = "accepts";
  handshakeTakes = 0; // Milliseconds.
  me: Person = alice;
  sessions: Session[] = [];
  connected: string[] = [];
  marks: Mark[] = [];
  beatSeconds = 60;
  maxAge = Infinity; // Of a connection, in milliseconds.
  fate: (what: "command" | "reply" | "push") => Fate = () => ({ kind: "arrives", after: 0 });
  readonly answers = new Map<string, (data: Record<string, unknown>) => unknown>();

  readonly environment: Environment = {
    dial: (url, protocols) => this.#dial(url, protocols) as unknown as WebSocket,
    network: this.network,
    online: () => this.online,
    random: () => 0.5,
  };

  /** The connection that there is now. */
  get socket(): Socket {
    const socket = this.sockets.at(-1);
    if (socket === undefined) throw new Error("nobody has dialled");
    return socket;
  }

  /** The commands of one name, in the order in which they arrived. */
  heard(name: string): Asked[] {
    return this.asked.filter((asked) => asked.name === name);
  }

  /** Somebody else says something. */
  says(text: string, by: Person = dave): Entry {
    const entry = this.#append({ kind: "message", by, text, message: `theirs-${this.transcript.length}` });
    this.push("message.posted", { session: "acme/1", entry });
    return entry;
  }

  /** Adds an entry that nobody is told of. */
  adds(rest: Partial<Entry>): Entry {
    return this.#append({ kind: "message", by: dave, text: "…", ...rest });
  }

  push(name: string, data: unknown): void {
    for (const socket of this.sockets) {
      const listens = name.startsWith("message.") ? socket.hearsSession : socket.greeted;
      if (listens && !socket.over) this.#travel("push", socket, () => socket.hears({ push: name, data }));
    }
  }

  goOffline(): void {
    this.online = false;
    this.network.dispatchEvent(new Event("offline"));
  }

  goOnline(): void {
    this.online = true;
    this.network.dispatchEvent(new Event("online"));
  }

  arrives(socket: Socket, text: string): void {
    this.#travel("command", socket, () => {
      const frame = JSON.parse(text) as {
        id: number;
        action: string;
        do: string;
        data: Record<string, unknown>;
      };
      const asked = { id: frame.id, name: `${frame.action}.${frame.do}`, data: frame.data };
      this.asked.push(asked);
      const reply = this.#reply(socket, asked);
      if (reply !== undefined) this.#travel("reply", socket, () => socket.hears({ id: asked.id, ...reply }));
    });
  }

  #reply(socket: Socket, { name, data }: Asked): { data: unknown } | { error: unknown } | undefined {
    try {
      const special = this.answers.get(name);
      if (special !== undefined) return { data: special(data) };
      return { data: this.#answer(socket, name, data) };
    } catch (err) {
      if (!(err instanceof Refusal)) throw err;
      return err.code === "silence" ? undefined : { error: { code: err.code, message: err.message } };
    }
  }

  #answer(socket: Socket, name: string, data: Record<string, unknown>): unknown {
    switch (name) {
      case "presence.hello":
        socket.greeted = true;
        return this.#welcome();
      case "message.post":
        return this.#post(data as unknown as Post);
      case "message.list":
        return this.#page(Number(data["after"]));
      case "message.resume":
        if (data["session"] !== "acme/1") throw new Refusal("not_found", "No such session.");
        socket.hearsSession = true;
        return {
          session: aSession(),
          connected: this.connected,
          marks: this.marks,
          ...this.#page(Number(data["after"])),
        };
      default:
        return {};
    }
  }

  #welcome(): Welcome {
    return {
      you: { ...this.me, companies: ["acme"] },
      now: Date.now(),
      beatSeconds: this.beatSeconds,
      awaySeconds: 300,
      sessions: this.sessions,
    };
  }

  #post({ session, message, text, after }: Post): { seq: number; at: number } {
    const known = this.transcript.find((entry) => entry.message === message && entry.seq > after);
    const entry = known ?? this.#append({ kind: "message", by: this.me, text, message });
    if (known === undefined) this.push("message.posted", { session, entry });
    return { seq: entry.seq, at: entry.at };
  }

  #page(after: number): { entries: Entry[]; more: boolean } {
    const rest = this.transcript.filter(({ seq }) => seq > after);
    return { entries: rest.slice(0, 3), more: rest.length > 3 };
  }

  #append(rest: Omit<Entry, "seq" | "at">): Entry {
    const entry = { seq: (this.transcript.at(-1)?.seq ?? 0) + 1, at: Date.now(), ...rest };
    this.transcript.push(entry);
    return entry;
  }

  #dial(url: string, protocols: string[]): Socket {
    const socket = new Socket(this, url, protocols);
    this.sockets.push(socket);
    const outcome = this.online ? this.handshake : "fails";
    const decide = (): void => (outcome === "accepts" ? socket.accept() : socket.cut());
    if (outcome !== "hangs" && this.handshakeTakes === 0) queueMicrotask(decide);
    else if (outcome !== "hangs") setTimeout(() => socket.over || decide(), this.handshakeTakes);
    return socket;
  }

  #travel(what: "command" | "reply" | "push", socket: Socket, arrive: () => void): void {
    const fate = this.fate(what);
    if (fate.kind === "cut") socket.cut();
    if (fate.kind !== "arrives") return;
    if (fate.after === 0) queueMicrotask(arrive);
    else setTimeout(arrive, fate.after);
  }
}

/** A session between Alice and Dave. */
export function aSession(rest: Partial<Session> = {}): Session {
  return {
    id: "acme/1",
    kind: "managed",
    state: "active",
    company: "acme",
    contact: dave,
    participants: [alice, dave].map((person) => ({ ...person, joined: true })),
    createdAt: 1,
    version: 0,
    ...rest,
  };
}

/** A storage that outlives the client, as sessionStorage outlives the page. */
export class Drawer {
  readonly items = new Map<string, string>();

  getItem(key: string): string | null {
    return this.items.get(key) ?? null;
  }

  setItem(key: string, value: string): void {
    this.items.set(key, value);
  }

  removeItem(key: string): void {
    this.items.delete(key);
  }
}

import type { Availability, CommandName, Commands, PushName, Pushes, Self, Welcome } from "../protocol/wire";
import { ActivityClock } from "./activity";
import { Events } from "./events";
import type { Fault } from "./fault";
import { Roster } from "./roster";
import type { LiveSession } from "./session";

/** The state of the connection. */
export type ConnectionState =
  | { kind: "connecting" }
  | { kind: "open" }
  | { kind: "waiting"; retryAt: number } // Date.now() of the next try; earlier when the network comes back.
  | { kind: "refused"; fault: Fault } // Trying again would not help; reconnect() does it all the same.
  | { kind: "closed" };

/** Where messages outlive a reload: what the client needs of a sessionStorage. */
export interface MessageStorage {
  getItem(key: string): string | null;
  setItem(key: string, value: string): void;
  removeItem(key: string): void;
}

/** How a client reaches the service. */
export interface ParleyOptions {
  /** wss://… of the API's stage. It never holds the token. */
  url: string;
  /**
   * Brings a fresh token; called before every try to connect. A rejection with a
   * Fault `unauthenticated` or `forbidden` ends in the state refused, any other
   * is tried again later.
   */
  token: () => Promise<string>;
  /** Keeps unsent messages over a reload; memory when absent. */
  storage?: MessageStorage;
  /** Closes the client. */
  signal?: AbortSignal;
}

/** What a client tells. */
export interface ClientEvents {
  /** The state of the connection changed. */
  state: ConnectionState;
  /** The service said hello: after every (re)connect. */
  welcome: Welcome;
  /** The caller is in a session that the client did not know of. */
  session: LiveSession;
  /** The caller's availability changed, here or on another page. */
  availability: Availability;
  /** Any push, after the client itself has applied it. */
  push: AnyPush;
}

/** Any push by name. */
export type AnyPush = { [Name in PushName]: { name: Name; data: Pushes[Name] } }[PushName];

/** What may be said about a command. */
export interface CommandOptions {
  /** Gives up waiting for the reply. The service may carry the command out all the same. */
  signal?: AbortSignal;
  /** How long to wait for the reply, in milliseconds; 15,000 when absent. */
  timeout?: number;
}

/**
 * ParleyClient connects a page to Parley, by itself and for as long as it is
 * open. It begins to connect when it is made.
 */
export class ParleyClient extends Events<ClientEvents> {
  /** The state of the connection. */
  state: ConnectionState = { kind: "connecting" };
  /** Who the service takes the caller for; undefined until the first welcome. */
  me: Self | undefined;
  /** A technician's own availability. */
  availability: Availability | undefined;
  /** The sessions that the caller takes part in, or that were opened, by id. */
  readonly sessions: ReadonlyMap<string, LiveSession> = new Map();
  /** What a technician watches. */
  readonly roster = new Roster();
  /** Whether an end user is at the page: call seen() on every user activity. */
  readonly activity = new ActivityClock();

  constructor(_options: ParleyOptions) {
    super();
  }

  /** The service's clock, in milliseconds since 1970. */
  now(): number {
    throw new Error("to be written");
  }

  /** Sends a command and waits for its reply. It rejects with a Fault: at once with `unavailable` when not open. */
  command<Name extends CommandName>(
    _name: Name,
    _data: Commands[Name]["data"],
    _options?: CommandOptions,
  ): Promise<Commands[Name]["reply"]> {
    throw new Error("to be written");
  }

  /** A technician begins a session with a contact of a company. */
  start(_contact: { id: string; company: string }, _device?: string): Promise<LiveSession> {
    throw new Error("to be written");
  }

  /** A contact asks for help; problem has 1 to 1,024 bytes. */
  request(_problem: string): Promise<LiveSession> {
    throw new Error("to be written");
  }

  /** A technician joins a session, or answers a request. */
  join(_session: string): Promise<LiveSession> {
    throw new Error("to be written");
  }

  /** Brings a session by its id, such as one that is ended. */
  open(_session: string): Promise<LiveSession> {
    throw new Error("to be written");
  }

  /** Sets a technician's own presence; it sticks. */
  setAvailability(_availability: Availability): Promise<void> {
    throw new Error("to be written");
  }

  /** Waits until the connection is open. It rejects when the client is closed or the signal aborts. */
  opened(_signal?: AbortSignal): Promise<void> {
    throw new Error("to be written");
  }

  /** Tries to connect now, in the states waiting and refused. */
  reconnect(): void {
    throw new Error("to be written");
  }

  /** Ends everything. Nothing happens after it. */
  close(): void {
    throw new Error("to be written");
  }
}

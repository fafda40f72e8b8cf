import type { Call, CallPath } from "../protocol/wire";
import { Peer, type PeerSignal } from "./peer";

/** What comes from another participant. */
export interface RemoteMedia {
  /** The participant's id. */
  readonly id: string;
  readonly peer: string;
  readonly stream: MediaStream;
}

/** How a seat is set up. */
export interface SeatOptions {
  call: string;
  /** The id of this page among the call's parties. */
  peer: string;
  /** What this page sends. The seat ends it. */
  media: MediaStream;
  /** Brings ICE servers with fresh credentials. */
  configure: (until: AbortSignal) => Promise<RTCConfiguration>;
  /** Sends a signal to another peer. */
  signal: (to: string, signal: PeerSignal, until: AbortSignal) => void;
  /** The phase or a stream may have changed. */
  changed: () => void;
  /** The media takes another way. */
  pathChanged: (path: CallPath) => void;
  /** The media of everybody else is lost for good. */
  lost: () => void;
}

interface Other {
  readonly id: string;
  readonly peer: Peer;
}

const maxEarly = 100; // Signals of a peer that is not known yet to be in the call.
const maxStrangers = 10;

/** Seat is this page's part in one call: its own media, and a Peer for each other party. */
export class Seat {
  /** Whether the service knows of it. */
  entered = false;
  readonly #options: SeatOptions;
  readonly #others = new Map<string, Other>();
  readonly #early = new Map<string, PeerSignal[]>();
  readonly #over = new AbortController();
  #configuration: RTCConfiguration = {};
  #path: CallPath | undefined;
  #last: Call | undefined;

  constructor(options: SeatOptions) {
    this.#options = options;
  }

  /** The call's id. */
  get call(): string {
    return this.#options.call;
  }

  /** The call as it was last. */
  get last(): Call | undefined {
    return this.#last;
  }

  /** What this page sends. */
  get media(): MediaStream {
    return this.#options.media;
  }

  /** Aborts when the seat is left. */
  get signal(): AbortSignal {
    return this.#over.signal;
  }

  /** What comes from each of the others. */
  get remotes(): readonly RemoteMedia[] {
    return [...this.#others].map(([peer, other]) => ({ id: other.id, peer, stream: other.peer.stream }));
  }

  /** Whether media flows from and to anybody. */
  get connected(): boolean {
    return [...this.#others.values()].some(({ peer }) => peer.connected);
  }

  /** The way that the media takes, as last known. */
  get path(): CallPath | undefined {
    return this.#path;
  }

  /** Gets the ICE servers. */
  async prepare(): Promise<void> {
    this.#configuration = await this.#options.configure(this.signal);
  }

  /** Takes the call as it now is: connects to those who came, lets go of those who left. */
  attend(call: Call): void {
    this.#last = call;
    const present = call.parties.map(({ peer }) => peer);
    for (const peer of this.#others.keys()) if (!present.includes(peer)) this.#drop(peer);
    const mine = present.indexOf(this.#options.peer);
    for (const [place, { id, peer }] of call.parties.entries()) {
      if (place !== mine && !this.#others.has(peer)) this.#meet(id, peer, mine > place);
    }
  }

  /** Takes a signal of another peer, which may come before it is known to be in the call. */
  hear(from: string, signal: PeerSignal): void {
    const other = this.#others.get(from);
    if (other !== undefined) return other.peer.take(signal);
    if (this.#early.size >= maxStrangers && !this.#early.has(from)) return;
    const early = this.#early.get(from) ?? [];
    if (early.length < maxEarly) this.#early.set(from, [...early, signal]);
  }

  /** Sends one more track. */
  add(track: MediaStreamTrack): void {
    this.media.addTrack(track);
    for (const { peer } of this.#others.values()) peer.add(track);
  }

  /** Makes good what was missed while there was no connection to the service. */
  recover(): void {
    for (const { peer } of this.#others.values()) peer.recover();
  }

  /** Leaves: closes microphone, camera and all connections. */
  close(): void {
    this.#over.abort();
    for (const { peer } of this.#others.values()) peer.close();
    this.#others.clear();
    for (const track of this.media.getTracks()) track.stop();
  }

  /** Who came later is polite and leaves the first offer to the other. */
  #meet(id: string, to: string, polite: boolean): void {
    const { media, signal, configure } = this.#options;
    const peer = new Peer({
      polite,
      configuration: this.#configuration,
      media,
      signal: (one) => signal(to, one, this.signal),
      refresh: () => configure(this.signal),
      changed: () => this.#changed(),
      lost: () => this.#lose(to),
    });
    this.#others.set(to, { id, peer });
    for (const early of this.#early.get(to) ?? []) peer.take(early);
    this.#early.delete(to);
  }

  #changed(): void {
    const path = [...this.#others.values()].find(({ peer }) => peer.path !== undefined)?.peer.path;
    if (path !== undefined && path !== this.#path) {
      this.#path = path;
      this.#options.pathChanged(path);
    }
    this.#options.changed();
  }

  #lose(peer: string): void {
    if (this.#others.size === 1) this.#options.lost();
    else this.#drop(peer);
  }

  #drop(peer: string): void {
    this.#others.get(peer)?.peer.close();
    this.#others.delete(peer);
  }
}

import type { CallPath } from "../protocol/wire";
import { readPath } from "./path";

/** What one peer tells another: call.signal carries it. */
export type PeerSignal = { description: RTCSessionDescriptionInit } | { candidate: RTCIceCandidateInit };

/** How a peer is set up. */
export interface PeerOptions {
  /** Whether this side gives way when both make an offer at once; it also leaves the first offer to the other. */
  polite: boolean;
  configuration: RTCConfiguration;
  /** What this side sends. */
  media: MediaStream;
  signal: (signal: PeerSignal) => void;
  /** Brings the configuration with fresh credentials. */
  refresh: () => Promise<RTCConfiguration>;
  /** The connection, the path or the streams changed. */
  changed: () => void;
  /** No way was found, or it was lost for good. */
  lost: () => void;
}

const restartAfter = [8_000, 16_000]; // Without a connection, in milliseconds: a lost signal is made good.
const lostAfter = 30_000;
const lookEvery = 5_000; // For another path.
const lookSoon = 250; // While none is known.
const maxEarly = 100;

/**
 * Peer is the media connection with one other page: perfect negotiation (W3C
 * WebRTC, section 10.7) with trickled candidates.
 *
 * Signals come out of order and may be lost, as pushes do. Candidates wait for
 * the description that they belong to, and while there is no connection ICE is
 * restarted.
 */
export class Peer {
  /** What comes from the other side. */
  readonly stream = new MediaStream();
  readonly #connection: RTCPeerConnection;
  readonly #options: PeerOptions;
  #makingOffer = false;
  #settingAnswer = false;
  #sending = false;
  #path: CallPath | undefined;
  #early: RTCIceCandidateInit[] = [];
  #signals: Promise<void> = Promise.resolve();
  #watch: ReturnType<typeof setTimeout>[] = [];
  #look: ReturnType<typeof setTimeout> | undefined;

  constructor(options: PeerOptions) {
    this.#options = options;
    const connection = (this.#connection = new RTCPeerConnection(options.configuration));
    connection.onnegotiationneeded = () => void this.#offer();
    connection.onicecandidate = ({ candidate }) => {
      if (candidate !== null && candidate.candidate !== "") options.signal({ candidate: candidate.toJSON() });
    };
    connection.ontrack = ({ track }) => {
      this.stream.addTrack(track);
      options.changed();
    };
    connection.onconnectionstatechange = () => this.#moved();
    this.#await();
    if (!options.polite) this.#send();
  }

  /** Whether media can flow. */
  get connected(): boolean {
    return this.#connection.connectionState === "connected";
  }

  /** The way that the media takes, once it is known. */
  get path(): CallPath | undefined {
    return this.#path;
  }

  /** Takes a signal of the other side. One after the other, in the order of the calls. */
  take(signal: PeerSignal): void {
    this.#signals = this.#signals
      .then(() =>
        "description" in signal ? this.#describe(signal.description) : this.#candidate(signal.candidate),
      )
      .catch((err: unknown) => console.warn("A signal could not be used.", err)); // ICE is restarted when it is missed.
  }

  /** Sends one more track. */
  add(track: MediaStreamTrack): void {
    if (this.#sending) this.#connection.addTrack(track, this.#options.media);
  }

  /** Looks for a way again, unless there is one: signals may have been lost. */
  recover(): void {
    if (!this.connected) void this.#restart();
  }

  /** Ends the connection. */
  close(): void {
    this.#rest();
    clearTimeout(this.#look);
    this.#connection.onconnectionstatechange = null;
    this.#connection.onnegotiationneeded = null;
    this.#connection.onicecandidate = null;
    this.#connection.ontrack = null;
    this.#connection.close();
  }

  #send(): void {
    if (this.#sending) return;
    this.#sending = true;
    for (const track of this.#options.media.getTracks())
      this.#connection.addTrack(track, this.#options.media);
  }

  async #offer(): Promise<void> {
    try {
      this.#makingOffer = true;
      await this.#connection.setLocalDescription();
      this.#tell();
    } catch (err) {
      console.warn("No offer could be made.", err); // The connection was closed, or ICE is restarted.
    } finally {
      this.#makingOffer = false;
    }
  }

  #tell(): void {
    const { localDescription } = this.#connection;
    if (localDescription !== null) this.#options.signal({ description: localDescription.toJSON() });
  }

  async #describe(description: RTCSessionDescriptionInit): Promise<void> {
    const connection = this.#connection;
    const isOffer = description.type === "offer";
    if (!isOffer && connection.signalingState !== "have-local-offer") return; // One that came twice.
    const ready = !this.#makingOffer && (connection.signalingState === "stable" || this.#settingAnswer);
    if (isOffer && !ready && !this.#options.polite) return; // The other side gives way.
    this.#settingAnswer = !isOffer;
    try {
      await connection.setRemoteDescription(description);
    } finally {
      this.#settingAnswer = false;
    }
    await this.#useEarly();
    if (!isOffer) return;
    this.#send();
    await connection.setLocalDescription();
    this.#tell();
  }

  async #candidate(candidate: RTCIceCandidateInit): Promise<void> {
    if (this.#belongs(candidate)) return this.#connection.addIceCandidate(candidate);
    this.#early.push(candidate);
    if (this.#early.length > maxEarly) this.#early.shift();
  }

  async #useEarly(): Promise<void> {
    const early = this.#early.filter((candidate) => this.#belongs(candidate));
    this.#early = this.#early.filter((candidate) => !early.includes(candidate));
    for (const candidate of early) await this.#connection.addIceCandidate(candidate);
  }

  /** Whether a candidate is of the description that is set (RFC 8839, section 5.4: ice-ufrag). */
  #belongs({ usernameFragment }: RTCIceCandidateInit): boolean {
    const sdp = this.#connection.remoteDescription?.sdp;
    if (sdp === undefined) return false;
    return !usernameFragment || sdp.split(/\r?\n/).includes(`a=ice-ufrag:${usernameFragment}`);
  }

  #moved(): void {
    const { connectionState } = this.#connection;
    if (connectionState === "connected") this.#arrived();
    else if (this.#watch.length === 0) this.#await();
    if (connectionState === "failed") void this.#restart();
    this.#options.changed();
  }

  #arrived(): void {
    this.#rest();
    void this.#readPath();
  }

  /** Gives the connection a limited time, in which ICE is restarted. */
  #await(): void {
    this.#watch = restartAfter.map((wait) => setTimeout(() => void this.#restart(), wait));
    this.#watch.push(setTimeout(() => this.#options.lost(), lostAfter));
  }

  #rest(): void {
    for (const timer of this.#watch) clearTimeout(timer);
    this.#watch = [];
  }

  async #restart(): Promise<void> {
    try {
      this.#connection.setConfiguration(await this.#options.refresh());
      if (this.#connection.signalingState === "have-local-offer") this.#tell();
      else this.#connection.restartIce();
    } catch {
      // There is no service at the moment, or the connection is closed. It is tried again.
    }
  }

  /** Reads the path for as long as there is a connection. */
  async #readPath(): Promise<void> {
    clearTimeout(this.#look);
    const report = await this.#connection.getStats().catch(() => undefined);
    if (!this.connected) return;
    const path = report && readPath(report);
    const changed = path !== undefined && path !== this.#path;
    this.#path = path ?? this.#path;
    clearTimeout(this.#look);
    this.#look = setTimeout(() => void this.#readPath(), this.#path === undefined ? lookSoon : lookEvery);
    if (changed) this.#options.changed();
  }
}

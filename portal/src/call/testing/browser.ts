import { vi } from "vitest";

/** A microphone or camera track. */
export class Track {
  enabled = true;
  readyState = "live";

  constructor(readonly kind: string) {}

  stop(): void {
    this.readyState = "ended";
  }
}

/** A stream of tracks. */
export class Stream {
  readonly #tracks: Track[];

  constructor(tracks: Track[] = []) {
    this.#tracks = [...tracks];
  }

  addTrack(track: Track): void {
    this.#tracks.push(track);
  }

  getTracks(): Track[] {
    return this.#tracks;
  }

  getAudioTracks(): Track[] {
    return this.#tracks.filter(({ kind }) => kind === "audio");
  }

  getVideoTracks(): Track[] {
    return this.#tracks.filter(({ kind }) => kind === "video");
  }
}

interface Description {
  type: "offer" | "answer";
  sdp: string;
}

/**
 * The negotiation of an RTCPeerConnection (W3C WebRTC, section 4.3.1) without
 * any media: what a Peer says, and in which order it takes what it is told. The
 * real one is met in portal/tests.
 */
export class Connection {
  static all: Connection[] = [];
  signalingState = "stable";
  connectionState = "new";
  localDescription: (Description & { toJSON: () => Description }) | null = null;
  remoteDescription: Description | null = null;
  onnegotiationneeded: (() => void) | null = null;
  onicecandidate: unknown = null;
  ontrack: unknown = null;
  onconnectionstatechange: (() => void) | null = null;
  readonly sent: Track[] = [];
  readonly candidates: string[] = [];
  restarts = 0;
  stats = new Map<string, unknown>();

  constructor(public configuration: RTCConfiguration) {
    Connection.all.push(this);
  }

  addTrack(track: Track): void {
    this.sent.push(track);
    if (this.signalingState === "stable") queueMicrotask(() => this.onnegotiationneeded?.());
  }

  setConfiguration(configuration: RTCConfiguration): void {
    this.configuration = configuration;
  }

  restartIce(): void {
    this.restarts++;
    queueMicrotask(() => this.onnegotiationneeded?.());
  }

  async setLocalDescription(): Promise<void> {
    await Promise.resolve();
    const type = this.signalingState === "have-remote-offer" ? "answer" : "offer";
    const description: Description = { type, sdp: `v=0\r\na=ice-ufrag:${type}${this.restarts}\r\n` };
    this.localDescription = { ...description, toJSON: () => description };
    this.signalingState = type === "offer" ? "have-local-offer" : "stable";
  }

  async setRemoteDescription(description: Description): Promise<void> {
    await Promise.resolve();
    this.remoteDescription = description;
    this.signalingState = description.type === "offer" ? "have-remote-offer" : "stable";
  }

  addIceCandidate({ candidate = "", usernameFragment }: RTCIceCandidateInit): Promise<void> {
    if (!this.remoteDescription?.sdp.includes(usernameFragment ?? "")) {
      return Promise.reject(new Error("InvalidStateError"));
    }
    this.candidates.push(candidate);
    return Promise.resolve();
  }

  getStats(): Promise<Map<string, unknown>> {
    return Promise.resolve(this.stats);
  }

  becomes(state: string): void {
    this.connectionState = state;
    this.onconnectionstatechange?.();
  }

  close(): void {
    this.connectionState = "closed";
  }
}

/** Puts the stand-ins where the browser has its own, with a microphone and, unless told, a camera. */
export function standIn(camera = true): { opened: Stream[]; window: EventTarget } {
  Connection.all = [];
  const window = new EventTarget();
  vi.stubGlobal("addEventListener", window.addEventListener.bind(window));
  const opened: Stream[] = [];
  vi.stubGlobal("RTCPeerConnection", Connection);
  vi.stubGlobal("MediaStream", Stream);
  const getUserMedia = ({ audio, video }: MediaStreamConstraints): Promise<Stream> => {
    if (video === true && !camera) return Promise.reject(new DOMException("none", "NotFoundError"));
    const kinds = [audio === true && "audio", video === true && "video"].filter((kind) => kind !== false);
    const stream = new Stream(kinds.map((kind) => new Track(kind)));
    opened.push(stream);
    return Promise.resolve(stream);
  };
  vi.stubGlobal("navigator", { onLine: true, mediaDevices: { getUserMedia } });
  return { opened, window };
}

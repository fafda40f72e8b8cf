import { Events, Fault, type LiveSession, type ParleyClient } from "../client/index";
import type { Call, CallPath, CallSignalled, Media, SessionReply } from "../protocol/wire";
import { deliver } from "./courier";
import { MediaFailure, openCamera, openMedia } from "./media";
import type { PeerSignal } from "./peer";
import { bystander, ending, type CallEnd, type CallPhase } from "./phase";
import { Seat, type RemoteMedia } from "./seat";

/** How to make calls. */
export interface CallLineOptions {
  /** `relay` lets the media take only our TURN server; `all` when absent. */
  iceTransportPolicy?: RTCIceTransportPolicy;
  /** Ends the call and closes the line. */
  signal?: AbortSignal;
}

/** What a CallLine tells. */
export interface CallLineEvents {
  /** The phase, a stream, mute or camera changed: draw it again. */
  change: undefined;
}

const ringFor = 60_000;

/**
 * CallLine is this page's telephone in one session.
 *
 * Whether there is a call is the session's matter, and each page of each
 * participant sees it there. The page whose peer stands in the call's parties
 * has the call: it sits in a Seat, with the media. All others look on.
 */
export class CallLine extends Events<CallLineEvents> {
  readonly #options: CallLineOptions;
  readonly #peer = crypto.randomUUID();
  readonly #closed = new AbortController();
  #seat: Seat | undefined;
  #asking: Media | undefined;
  #answering: string | undefined; // The call that is being answered.
  #left: string | undefined; // The call that was declined or left here, until the session says so.
  #ended: Call | undefined; // A call of this page that the session no longer has.
  #over: CallPhase | undefined;
  #failure: MediaFailure | undefined;
  #phase: CallPhase = { kind: "idle" };

  constructor(
    readonly client: ParleyClient,
    readonly live: LiveSession,
    options: CallLineOptions = {},
  ) {
    super();
    this.#options = options;
    const { signal } = this.#closed;
    live.addEventListener("change", () => this.#update(), { signal });
    client.addEventListener("state", ({ detail }) => detail.kind === "open" && this.#seat?.recover(), {
      signal,
    });
    client.addEventListener(
      "push",
      ({ detail }) => detail.name === "call.signalled" && this.#hear(detail.data),
      {
        signal,
      },
    );
    globalThis.addEventListener("pagehide", () => this.#goAway(), { signal });
    options.signal?.addEventListener("abort", () => this.close(), { once: true });
    this.#update();
  }

  /** Where this page is in a call. */
  get phase(): CallPhase {
    return this.#phase;
  }

  /** What this page sends, once in a call. */
  get localStream(): MediaStream | undefined {
    return this.#seat?.media;
  }

  /** What comes from each of the others. */
  get remotes(): readonly RemoteMedia[] {
    return this.#seat?.remotes ?? [];
  }

  /** Whether the microphone is off. */
  get muted(): boolean {
    return this.localStream?.getAudioTracks().every(({ enabled }) => !enabled) ?? false;
  }

  /** Whether the camera is off, or there is none. */
  get cameraOff(): boolean {
    return this.localStream?.getVideoTracks().every(({ enabled }) => !enabled) ?? true;
  }

  /** Set when answer() got no microphone; the call rings on and may be tried again. */
  get failure(): MediaFailure | undefined {
    return this.#failure;
  }

  /** Calls the others. Where there is no camera, a video call begins without a picture from here. */
  async call(media: Media): Promise<void> {
    if (this.#seat !== undefined || this.#asking !== undefined || this.live.session.call !== undefined)
      return;
    this.#forget();
    this.#asking = media;
    this.#update();
    const { client } = this;
    const id = crypto.randomUUID();
    try {
      await this.#sit(id, media, (until) =>
        deliver(client, "call.ring", { ...this.#names(id), media }, until),
      );
      this.#giveUpUnanswered();
    } catch (err) {
      if (!givenUp(err)) this.#over = { kind: "over", why: failed(err) };
    } finally {
      this.#asking = undefined;
      this.#update();
    }
  }

  /** Accepts the call that is ringing. */
  async answer(): Promise<void> {
    if (this.#phase.kind !== "ringing" || this.#answering !== undefined) return;
    const { client } = this;
    const { id, media } = this.#phase.call;
    this.#answering = id;
    this.#failure = undefined;
    this.#update();
    try {
      await this.#sit(id, media, (until) =>
        deliver(client, "call.answer", { ...this.#names(id), accept: true }, until),
      );
    } catch (err) {
      if (err instanceof MediaFailure) this.#failure = err;
      else if (!givenUp(err) && Fault.from(err).code !== "conflict") {
        this.#over = { kind: "over", why: failed(err) }; // A conflict: the call is over, or answered on another page.
      }
    } finally {
      this.#answering = undefined;
      this.#update();
    }
  }

  /** Declines the call that is ringing, for all pages of the caller. */
  async decline(): Promise<void> {
    if (this.#phase.kind !== "ringing") return;
    const answer = { ...this.#names(this.#phase.call.id), accept: false };
    this.#left = answer.call;
    this.#update();
    this.live.apply(await deliver(this.client, "call.answer", answer, this.#closed.signal));
  }

  /** Leaves the call, or stops calling. A call that this person has on another page is left there. */
  async hangUp(): Promise<void> {
    const { session } = this.live;
    const elsewhere = session.call?.parties.find(({ id }) => id === this.client.me?.id);
    const peer = this.#seat === undefined ? elsewhere?.peer : this.#peer;
    const call = this.#seat?.call ?? session.call?.id;
    const path = this.#seat?.path;
    this.#left = call;
    this.#leave();
    if (peer === undefined || call === undefined) return;
    const data = { session: session.id, call, peer };
    // Not by the line's own signal: that the call was left must arrive even when the line is closed with it.
    const left = await deliver(
      this.client,
      "call.leave",
      path ? { ...data, path } : data,
      new AbortController().signal,
    );
    this.live.apply(left);
  }

  /** Turns the microphone off or on. */
  mute(off: boolean): void {
    for (const track of this.localStream?.getAudioTracks() ?? []) track.enabled = !off;
    this.#tell();
  }

  /** Turns the camera off or on, and opens it where the call began without. */
  turnCamera(on: boolean): void {
    const tracks = this.localStream?.getVideoTracks() ?? [];
    for (const track of tracks) track.enabled = on;
    if (on && tracks.length === 0) void this.#addCamera();
    this.#tell();
  }

  /** Forgets a call that is over. */
  dismiss(): void {
    this.#forget();
    this.#update();
  }

  /** Leaves the call and ends everything. */
  close(): void {
    if (this.#closed.signal.aborted) return;
    this.#goAway();
    this.#closed.abort();
  }

  #goAway(): void {
    if (this.#seat !== undefined) this.hangUp().catch(() => undefined); // The others notice that the media ends.
  }

  /** Takes a seat with open microphone, and then rings or answers by enter. */
  async #sit(
    call: string,
    media: Media,
    enter: (until: AbortSignal) => Promise<SessionReply>,
  ): Promise<void> {
    const { client, live } = this;
    const { iceTransportPolicy = "all" } = this.#options;
    const seat = new Seat({
      call,
      peer: this.#peer,
      media: await openMedia(media, navigator.mediaDevices),
      configure: async (signal) => ({
        iceServers: (await deliver(client, "call.servers", { session: live.id }, signal)).iceServers,
        iceTransportPolicy,
      }),
      signal: (to, signal, until) => {
        const data = { ...this.#names(call), to, signal };
        deliver(client, "call.signal", data, until).catch(() => undefined); // ICE is restarted when it is missed.
      },
      changed: () => this.#tell(),
      pathChanged: (path) => this.#report(call, path),
      lost: () => this.#lose(),
    });
    try {
      this.#closed.signal.throwIfAborted();
      this.#seat = seat;
      await seat.prepare();
      live.apply(await enter(seat.signal));
      seat.entered = true;
    } catch (err) {
      seat.close();
      if (this.#seat === seat) this.#seat = undefined;
      throw err;
    }
  }

  #names(call: string): { session: string; call: string; peer: string } {
    return { session: this.live.id, call, peer: this.#peer };
  }

  #hear({ session, call, peer, to, signal }: CallSignalled): void {
    const seat = this.#seat;
    if (session === this.live.id && call === seat?.call && to === this.#peer && isSignal(signal))
      seat.hear(peer, signal);
  }

  /** Follows the session: a call that it does not have any more is over. */
  #update(): void {
    const { session } = this.live;
    const seat = this.#seat;
    if (seat?.entered === true) {
      const here =
        this.#call?.id === seat.call && session.call?.parties.some(({ peer }) => peer === this.#peer);
      if (here === true && session.call !== undefined) seat.attend(session.call);
      else this.#leave(seat.last);
    }
    this.#tell();
  }

  get #call(): Call | undefined {
    const { state, call } = this.live.session;
    return state === "ended" ? undefined : call;
  }

  #tell(): void {
    this.#phase = this.#now();
    this.emit("change", undefined);
  }

  #now(): CallPhase {
    const seat = this.#seat;
    const call = this.#call;
    if (seat?.entered === true && call !== undefined) {
      if (call.state === "ringing") return { kind: "calling", call };
      if (!seat.connected) return { kind: "connecting", call };
      return seat.path === undefined
        ? { kind: "connected", call }
        : { kind: "connected", call, path: seat.path };
    }
    if (this.#asking !== undefined) return { kind: "asking", media: this.#asking };
    const { session, entries } = this.live;
    const seen: CallPhase =
      call !== undefined && call.id === this.#left
        ? { kind: "idle" }
        : bystander(session, entries, this.client.me?.id, this.#answering);
    return seen.kind === "ringing" ? seen : (this.#aftermath() ?? seen);
  }

  /** How the last call ended. The entry that tells it may come later than that it ended. */
  #aftermath(): CallPhase | undefined {
    const ended = this.#ended;
    if (this.#over !== undefined || ended === undefined) return this.#over;
    return { kind: "over", call: ended, why: ending(ended, this.live.entries) };
  }

  #forget(): void {
    this.#ended = undefined;
    this.#over = undefined;
  }

  #leave(ended?: Call): void {
    this.#forget();
    this.#ended = ended;
    this.#seat?.close();
    this.#seat = undefined;
    this.#tell();
  }

  #lose(): void {
    const call = this.#seat?.last;
    this.hangUp().catch(() => undefined); // The others lose the media as well.
    this.#over = { kind: "over", ...(call && { call }), why: { kind: "lost" } };
    this.#tell();
  }

  #giveUpUnanswered(): void {
    const seat = this.#seat;
    const timer = setTimeout(() => {
      if (this.#phase.kind !== "calling") return;
      const { call } = this.#phase;
      this.hangUp().catch(() => undefined); // The ringing ends with the session at the latest.
      this.#over = { kind: "over", call, why: { kind: "unanswered" } };
      this.#tell();
    }, ringFor);
    seat?.signal.addEventListener("abort", () => clearTimeout(timer), { once: true });
  }

  #report(call: string, path: CallPath): void {
    const seat = this.#seat;
    if (seat === undefined) return;
    deliver(this.client, "call.report", { ...this.#names(call), path }, seat.signal).catch(() => undefined); // A measurement.
  }

  async #addCamera(): Promise<void> {
    const seat = this.#seat;
    try {
      const track = await openCamera(navigator.mediaDevices);
      if (track !== undefined && this.#seat === seat) seat?.add(track);
      else track?.stop();
    } catch (err) {
      this.#failure = err instanceof MediaFailure ? err : undefined;
    }
    this.#tell();
  }
}

/** Whether something ended because it was given up here. */
function givenUp(err: unknown): boolean {
  return err instanceof DOMException && err.name === "AbortError";
}

function failed(err: unknown): CallEnd {
  return err instanceof MediaFailure
    ? { kind: "media", failure: err }
    : { kind: "fault", fault: Fault.from(err) };
}

function isSignal(signal: unknown): signal is PeerSignal {
  return typeof signal === "object" && signal !== null && ("description" in signal || "candidate" in signal);
}

import type { LiveSession, ParleyClient } from "../client/index";
import { Events, type Fault } from "../client/index";
import type { Call, CallPath, Media } from "../protocol/wire";
import type { MediaFailure } from "./media";

/** Where this page is in a call. */
export type CallPhase =
  | { kind: "idle" }
  | { kind: "asking"; media: Media } // Waiting for microphone or camera, before ringing.
  | { kind: "calling"; call: Call } // This page rang.
  | { kind: "ringing"; call: Call; answering: boolean } // Somebody else rang: answer() or decline().
  | { kind: "elsewhere"; call: Call } // The caller has it on another page, or is not in it.
  | { kind: "connecting"; call: Call } // Answered; media does not flow yet, or not any more.
  | { kind: "connected"; call: Call; path?: CallPath }
  | { kind: "over"; call?: Call; why: CallEnd }; // Until the next call, or dismiss().

/** How a call ended for this page. */
export type CallEnd =
  | { kind: "ended" }
  | { kind: "declined" }
  | { kind: "unanswered" }
  | { kind: "lost" } // No way for the media was found, or it was lost for good.
  | { kind: "media"; failure: MediaFailure }
  | { kind: "fault"; fault: Fault };

/** What comes from another participant. */
export interface RemoteMedia {
  /** The participant's id. */
  readonly id: string;
  readonly peer: string;
  readonly stream: MediaStream;
}

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

/** CallLine is this page's telephone in one session. */
export class CallLine extends Events<CallLineEvents> {
  phase: CallPhase = { kind: "idle" };
  /** What this page sends, once in a call. */
  localStream: MediaStream | undefined;
  /** What comes from each of the others. */
  remotes: readonly RemoteMedia[] = [];
  /** Whether the microphone is off. */
  muted = false;
  /** Whether the camera is off, or there is none. */
  cameraOff = true;
  /** Set when answer() got no microphone; the call rings on and may be tried again. */
  failure: MediaFailure | undefined;

  constructor(
    readonly client: ParleyClient,
    readonly live: LiveSession,
    _options: CallLineOptions = {},
  ) {
    super();
  }

  /** Calls the others. Where there is no camera, a video call begins without a picture from here. */
  call(_media: Media): Promise<void> {
    throw new Error("to be written");
  }

  /** Accepts the call that is ringing. */
  answer(): Promise<void> {
    throw new Error("to be written");
  }

  /** Declines the call that is ringing, for all pages of the caller. */
  decline(): Promise<void> {
    throw new Error("to be written");
  }

  /** Leaves the call, or stops calling. */
  hangUp(): Promise<void> {
    throw new Error("to be written");
  }

  /** Turns the microphone off or on. */
  mute(_off: boolean): void {
    throw new Error("to be written");
  }

  /** Turns the camera off or on. */
  turnCamera(_on: boolean): void {
    throw new Error("to be written");
  }

  /** Forgets a call that is over. */
  dismiss(): void {
    throw new Error("to be written");
  }

  /** Leaves the call and ends everything. */
  close(): void {
    throw new Error("to be written");
  }
}

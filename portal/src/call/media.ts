import type { Media } from "../protocol/wire";

/** Why there is no microphone or camera. */
export type MediaFailureKind =
  | "refused" // The user or the browser's settings did not permit it.
  | "missing" // There is no such device.
  | "busy" // Another program has the device.
  | "insecure"; // The page was not loaded over HTTPS, so that the browser offers no devices.

/** MediaFailure tells why a call could not get microphone or camera. Its message may be shown. */
export class MediaFailure extends Error {
  override readonly name = "MediaFailure";

  constructor(
    readonly kind: MediaFailureKind,
    message: string,
  ) {
    super(message);
  }
}

/** What of MediaDevices is needed; undefined on a page without HTTPS. */
export type Devices = Pick<MediaDevices, "getUserMedia"> | undefined;

/**
 * Opens microphone and camera. Without a camera, or with one that another
 * program has, a video call goes on with the voice alone. It rejects with a
 * MediaFailure.
 */
export async function openMedia(media: Media, devices: Devices): Promise<MediaStream> {
  if (devices === undefined) {
    throw new MediaFailure("insecure", "The browser offers no microphone to a page without HTTPS.");
  }
  try {
    return await devices.getUserMedia({ audio: true, video: media === "video" });
  } catch (err) {
    const failure = mediaFailure(err);
    if (media === "voice" || failure.kind === "refused") throw failure;
    return openMedia("voice", devices);
  }
}

/** Opens the camera alone. It rejects with a MediaFailure. */
export async function openCamera(devices: Devices): Promise<MediaStreamTrack | undefined> {
  if (devices === undefined) {
    throw new MediaFailure("insecure", "The browser offers no camera to a page without HTTPS.");
  }
  try {
    return (await devices.getUserMedia({ video: true })).getVideoTracks()[0];
  } catch (err) {
    throw mediaFailure(err);
  }
}

/** Translates what getUserMedia rejects with (W3C Media Capture and Streams, section 10.2). */
export function mediaFailure(err: unknown): MediaFailure {
  switch (err instanceof Error ? err.name : "") {
    case "NotAllowedError":
    case "SecurityError":
      return new MediaFailure("refused", "The browser was not allowed to use the microphone or camera.");
    case "NotFoundError":
    case "OverconstrainedError":
      return new MediaFailure("missing", "There is no microphone or camera.");
    default: // NotReadableError, AbortError and what may come.
      return new MediaFailure("busy", "The microphone or camera cannot be used at the moment.");
  }
}

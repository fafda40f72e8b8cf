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

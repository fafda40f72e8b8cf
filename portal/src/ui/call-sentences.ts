import type { CallEnd, MediaFailure, MediaFailureKind } from "../call/index";

/** What happened to a call, and what to do about it. */
export interface CallSentence {
  what: string;
  /** Empty where nothing needs to be done. */
  advice: string;
  /** Whether it should look like trouble. */
  trouble: boolean;
}

const mediaAdvice: Record<MediaFailureKind, string> = {
  refused:
    "Allow the microphone and camera for this page, at the left end of the address bar, and try again.",
  missing: "Connect a microphone and try again.",
  busy: "Close the other program that uses the microphone or camera, and try again.",
  insecure: "Open this page by an address that begins with https, and try again.",
};

/** Says why there is no microphone or camera. */
export function mediaSentence({ kind, message }: MediaFailure): CallSentence {
  return { what: message, advice: mediaAdvice[kind], trouble: true };
}

/**
 * Says how a call ended.
 * @param others the names of the other participants
 */
export function endSentence(why: CallEnd, others: string): CallSentence {
  switch (why.kind) {
    case "ended":
      return { what: "The call has ended.", advice: "", trouble: false };
    case "declined":
      return { what: `${others} declined the call.`, advice: "You can go on writing.", trouble: false };
    case "unanswered":
      return {
        what: "Nobody answered the call.",
        advice: "Write a message, or call again later.",
        trouble: false,
      };
    case "lost":
      return {
        what: "No way was found for sound and picture.",
        advice:
          "Check that both sides are online and call again. If it keeps failing, a firewall on one side " +
          "blocks Parley's relay; ask the one who looks after that network to open its ports.",
        trouble: true,
      };
    case "media":
      return mediaSentence(why.failure);
    case "fault":
      return {
        what: `The call could not be made. ${why.fault.message}`,
        advice: why.fault.retryable ? "Wait a moment and call again." : "",
        trouble: true,
      };
  }
}

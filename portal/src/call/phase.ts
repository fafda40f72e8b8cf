import type { Fault } from "../client/index";
import type { Call, CallPath, Entry, Media, Session } from "../protocol/wire";
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

/** What a page that has no part in the session's call shows of it. */
export function bystander(
  session: Session,
  entries: readonly Entry[],
  me: string | undefined,
  answering: string | undefined,
): CallPhase {
  const { call } = session;
  if (call === undefined || session.state === "ended") return { kind: "idle" };
  const mine = call.by === me || call.parties.some(({ id }) => id === me);
  if (call.state === "answered" || mine) return { kind: "elsewhere", call };
  if (declined(entries, call.id, me)) return { kind: "idle" };
  return { kind: "ringing", call, answering: answering === call.id };
}

/** Whether the participant declined the call, on whatever page. */
function declined(entries: readonly Entry[], call: string, me: string | undefined): boolean {
  return entries.some(
    ({ kind, by, call: of }) => kind === "call_declined" && of?.id === call && by.id === me,
  );
}

/** How a call ended that the session no longer has, by its transcript as far as it has come. */
export function ending(call: Call, entries: readonly Entry[]): CallEnd {
  if (call.state === "answered") return { kind: "ended" };
  const last = entries.findLast((entry) => entry.call?.id === call.id);
  if (last?.kind === "call_declined") return { kind: "declined" };
  return { kind: last?.kind === "call_ended" ? "unanswered" : "ended" };
}

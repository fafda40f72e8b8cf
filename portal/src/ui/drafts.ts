// What was begun to be written, kept for the browser tab: it outlives a reload,
// and a window that the page opens starts with a copy.
const key = (session: string): string => `parley.draft.${session}`;

/** What stood last in the composer of a session; empty where nothing did. */
export function keptDraft(session: string): string {
  try {
    return sessionStorage.getItem(key(session)) ?? "";
  } catch {
    return ""; // The browser keeps nothing.
  }
}

/** Keeps what stands in the composer of a session. */
export function keepDraft(session: string, text: string): void {
  try {
    if (text === "") sessionStorage.removeItem(key(session));
    else sessionStorage.setItem(key(session), text);
  } catch {
    // Then a draft lasts as long as its window.
  }
}

/** What a window of its own tells the page that opened it, when it goes: what was being written in it. */
export interface Back {
  parley: "back";
  session: string;
  draft: string;
}

/** Reads such a message; undefined for any other, and for one from another site. */
export function backOf({ origin, data }: Pick<MessageEvent, "origin" | "data">): Back | undefined {
  if (origin !== location.origin || typeof data !== "object" || data === null) return undefined;
  const { parley, session, draft } = data as Record<string, unknown>;
  if (parley !== "back" || typeof session !== "string" || typeof draft !== "string") return undefined;
  return { parley, session, draft };
}

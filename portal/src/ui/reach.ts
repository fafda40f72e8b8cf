import { isSaid } from "../client/index";
import type { Mark, Person, Rung } from "../protocol/wire";
import type { ChatView } from "./chat-notes";
import { tickOf, type Tick } from "./ticks";
import { localTime } from "./time";
import { listed } from "./words";

/** How far the reader's last words have come with somebody who is to notice them. */
export interface Reach {
  kind: Tick["kind"] | "notified";
  /** In two or three words. */
  short: string;
  /** The same in a sentence. */
  words: string;
}

const called: Record<Rung, { short: string; words: string }> = {
  dot: { short: "Tab marked", words: "its tab was marked" },
  tone: { short: "Tone played", words: "a tone was played" },
  toast: { short: "Notification shown", words: "a notification was shown" },
};

/**
 * How far the last message or nudge has come, as long as nobody has said
 * anything after it: sent, delivered, notified while the other's page was hidden,
 * seen. Only technicians are told.
 */
export function reachOf(view: ChatView, me: Person): Reach | undefined {
  const { session, entries, outgoing, marks = [] } = view;
  const last = entries.findLast((entry) => isSaid(entry) || entry.kind === "nudged");
  if (me.role !== "technician" || session.state !== "active") return undefined;
  if (last?.by.id !== me.id || outgoing.length > 0) return undefined;
  const others = session.participants.filter(({ id, joined }) => joined && id !== me.id);
  return others.length === 0 ? undefined : reached(last.seq, marks, others);
}

function reached(seq: number, marks: readonly Mark[], others: readonly Person[]): Reach {
  const { kind, words } = tickOf(seq, marks, others);
  if (kind === "read") return { kind, short: "Seen", words: words.replace("Read", "Seen") };
  const hidden = marks
    .filter(({ notified = 0, participant }) => notified >= seq && others.some(({ id }) => id === participant))
    .sort((a, b) => strength(b) - strength(a));
  const [best] = hidden;
  const name = others.find(({ id }) => id === best?.participant)?.name;
  if (name !== undefined && best?.rung !== undefined) {
    const { short, words: how } = called[best.rung];
    const at = localTime(best.notifiedAt ?? 0);
    return {
      kind: "notified",
      short: `${short} ${at}`,
      words: `Delivered. ${name}'s window was hidden; ${how} at ${at}.`,
    };
  }
  if (kind === "delivered") return { kind, short: "Delivered", words: `${words}. Not seen yet.` };
  return {
    kind,
    short: "Sent",
    words: `Sent. ${listed(others.map((one) => one.name))} has not received it yet.`,
  };
}

const strength = ({ rung }: Mark): number => ["dot", "tone", "toast"].indexOf(rung ?? "");

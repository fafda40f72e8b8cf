import type { Delivery, Outgoing } from "../client/index";
import { limits } from "../protocol/wire";
import type { Entry, Image, Person } from "../protocol/wire";
import { dayName, sameDay } from "./time";
import { systemLines } from "./words";

/** One message as it is drawn. Its key stays when the service has taken the message in. */
export interface Line {
  key: string;
  text: string;
  at: number;
  message: string;
  /** Its place in the transcript, once it has one. */
  seq?: number;
  delivery: Delivery | { kind: "kept" };
  /** Of which text says what is to be seen. */
  image?: Image;
  /** What has become of it, where it is a secret. */
  secret?: SecretLine;
}

/** What has become of a secret. */
export interface SecretLine {
  /** When it is gone unseen, by the service's clock. */
  until: number;
  /** Who has seen it, and when. */
  shown?: { by: Person; at: number };
}

/** A part of the transcript as it is drawn. */
export type Block =
  | { kind: "day"; key: string; name: string }
  | { kind: "system"; key: string; text: string; joined: boolean; at: number; seq: number }
  | { kind: "group"; key: string; by: Person; own: boolean; at: number; lines: Line[] };

const together = 5 * 60_000; // Messages of one person within this time stand under one name.

/**
 * Arranges a transcript for drawing: days, lines of the service, and messages
 * grouped by who said them.
 * @param now decides which day is "Today"
 */
export function arrange(
  entries: readonly Entry[],
  outgoing: readonly Outgoing[],
  me: Person,
  contact: Person,
  now: number,
): Block[] {
  const blocks: Block[] = [];
  let last = Number.NEGATIVE_INFINITY;
  const toDay = (at: number): void => {
    if (!sameDay(last, at)) blocks.push({ kind: "day", key: `day ${at}`, name: dayName(at, now) });
    last = at;
  };
  const reveals = new Map(entries.flatMap((entry) => (entry.of === undefined ? [] : [[entry.of, entry]])));
  for (const entry of entries) {
    toDay(entry.at);
    if (entry.kind === "message") {
      addLine(blocks, entry.by, me, lineOf(entry));
      continue;
    }
    if (entry.kind === "secret") {
      addLine(blocks, entry.by, me, { ...lineOf(entry), secret: secretOf(entry, reveals.get(entry.seq)) });
      continue;
    }
    systemLines(entry, contact).forEach(({ text, joined }, i) => {
      blocks.push({ kind: "system", key: `${entry.seq}.${i}`, text, joined, at: entry.at, seq: entry.seq });
    });
  }
  for (const { message, ...rest } of outgoing) {
    toDay(Math.max(rest.at, last));
    addLine(blocks, me, me, { key: `${me.id} ${message}`, message, ...rest });
  }
  return blocks;
}

function lineOf(entry: Entry): Line {
  const message = entry.message ?? String(entry.seq);
  return {
    key: `${entry.by.id} ${message}`,
    text: entry.text ?? "",
    at: entry.at,
    message,
    seq: entry.seq,
    delivery: { kind: "kept" },
    ...(entry.image && { image: entry.image }),
  };
}

function secretOf(entry: Entry, reveal: Entry | undefined): SecretLine {
  const until = entry.at + limits.secretLife * 1000;
  return reveal ? { until, shown: reveal } : { until };
}

function addLine(blocks: Block[], by: Person, me: Person, line: Line): void {
  const last = blocks.at(-1);
  if (last?.kind === "group" && last.by.id === by.id && line.at - last.at < together) {
    last.lines.push(line);
    return;
  }
  blocks.push({ kind: "group", key: line.key, by, own: by.id === me.id, at: line.at, lines: [line] });
}

import type { Entry, Image, Person, Session } from "../protocol/wire";
import { addressOf } from "./picture";
import { saidIn, systemLines } from "./words";

/** The forms in which a chat can be kept. */
export type CopyForm = "text" | "html" | "json";

/** A copy of a chat, as a file. */
export interface Copy {
  name: string;
  type: string;
  content: string;
}

const make: Record<CopyForm, { ending: string; type: string; from: (chat: Chat) => string }> = {
  text: { ending: "txt", type: "text/plain", from: asText },
  html: { ending: "html", type: "text/html", from: asHTML },
  json: { ending: "json", type: "application/json", from: asJSON },
};

/** What a copy is made of. */
export interface Chat {
  session: Session;
  entries: readonly Entry[];
}

/** Makes a copy of a chat with everybody's name, and times with their zone. */
export function copyOf(chat: Chat, form: CopyForm): Copy {
  const { ending, type, from } = make[form];
  const day = new Date(chat.session.createdAt).toISOString().slice(0, 10);
  const who = chat.session.contact.name.replace(/[^\p{L}\p{N}]+/gu, "-").replace(/^-|-$/gu, "");
  return {
    name: `Chat-${who || "session"}-${day}.${ending}`,
    type: `${type};charset=utf-8`,
    content: from(chat),
  };
}

/** The chat as plain text: a head, and a line for everything that was said or happened. */
export function asText(chat: Chat): string {
  const lines = linesOf(chat).map(({ at, by, text }) => {
    const head = by === "" ? `[${moment(at)}] ` : `[${moment(at)}] ${by}: `;
    return head + text.replaceAll("\n", "\n    ");
  });
  return [...headOf(chat).map(([name, value]) => `${name}: ${value}`), "", ...lines, ""].join("\n");
}

function asHTML(chat: Chat): string {
  const head = headOf(chat).map(([name, value]) => `<dt>${escaped(name)}</dt><dd>${escaped(value)}</dd>`);
  const lines = linesOf(chat).map(({ at, by, text, image }) => {
    const time = `<time datetime="${new Date(at).toISOString()}">${escaped(moment(at))}</time>`;
    return by === ""
      ? `<p>${time} <i>${escaped(text)}</i></p>`
      : `<p>${time} <b>${escaped(by)}</b><br>${image ? figure(image, text) : escaped(text)}</p>`;
  });
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<title>${escaped(`Chat with ${chat.session.contact.name}`)}</title>
<style>img{max-width:100%}body{font:1rem/1.5 system-ui,sans-serif;max-width:45rem;margin:2rem auto;padding:0 1rem}p{white-space:pre-wrap;overflow-wrap:anywhere}time{color:#555}dt{font-weight:bold}</style>
<h1>${escaped(`Chat with ${chat.session.contact.name}`)}</h1>
<dl>${head.join("")}</dl>
${lines.join("\n")}
</html>
`;
}

// A file that stands alone: the image is in it, or only its words where it was not to be had.
function figure(image: Image, text: string): string {
  const address = addressOf(image);
  return address === "" ? escaped(text) : `<img src="${escaped(address)}" alt="${escaped(text)}">`;
}

function asJSON({ session, entries }: Chat): string {
  const { id, kind, company, contact, device, problem, participants } = session;
  const people = participants.map(plain);
  const said = entries.map(({ seq, at, kind: what, by, text, image, call }) => ({
    seq,
    at: new Date(at).toISOString(),
    kind: what,
    by: plain(by),
    ...(text === undefined ? {} : { text }),
    ...(image === undefined ? {} : { image }),
    ...(call === undefined ? {} : { call }),
  }));
  const times = { createdAt: session.createdAt, startedAt: session.startedAt, endedAt: session.endedAt };
  const iso = Object.entries(times).flatMap(([name, at]) => (at ? [[name, new Date(at).toISOString()]] : []));
  const head = { session: id, kind, company, contact: plain(contact), device, problem, zone: zone() };
  const whole = { ...head, ...(Object.fromEntries(iso) as object), participants: people, entries: said };
  return `${JSON.stringify(whole, null, 2)}\n`;
}

const plain = ({ id, name, role }: Person): Person => ({ id, name, role });

function headOf({ session }: Chat): [string, string][] {
  const { contact, company, device, participants, problem, createdAt, endedAt, id } = session;
  const helpers = participants.filter((one) => one.id !== contact.id).map(({ name }) => name);
  const rows: [string, string | undefined][] = [
    session.kind === "staff" ? ["With", contact.name] : ["Contact", `${contact.name} (${company})`],
    ["Device", device?.name],
    ["Technicians", helpers.join(", ") || undefined],
    ["Problem", problem],
    ["Began", moment(createdAt)],
    ["Ended", endedAt ? moment(endedAt) : undefined],
    ["Time zone", zone()],
    ["Session", id],
  ];
  return rows.flatMap(([name, value]): [string, string][] => (value === undefined ? [] : [[name, value]]));
}

interface CopyLine {
  at: number;
  /** Empty for what the service wrote. */
  by: string;
  text: string;
  image?: Image;
}

function linesOf({ session, entries }: Chat): CopyLine[] {
  return entries.flatMap((entry): CopyLine[] =>
    entry.kind === "message"
      ? [{ at: entry.at, by: entry.by.name, text: saidIn(entry), ...(entry.image && { image: entry.image }) }]
      : systemLines(entry, session.contact).map(({ text }) => ({ at: entry.at, by: "", text })),
  );
}

const zone = (): string => Intl.DateTimeFormat().resolvedOptions().timeZone;

// The same everywhere, so that copies of two people can be laid side by side.
function moment(at: number): string {
  const two = (n: number): string => String(n).padStart(2, "0");
  const date = new Date(at);
  const day = [date.getFullYear(), two(date.getMonth() + 1), two(date.getDate())].join("-");
  const time = [date.getHours(), date.getMinutes(), date.getSeconds()].map(two).join(":");
  const east = -date.getTimezoneOffset();
  const offset = `${east < 0 ? "-" : "+"}${two(Math.floor(Math.abs(east) / 60))}:${two(Math.abs(east) % 60)}`;
  return `${day} ${time} UTC${offset}`;
}

const entities: Record<string, string> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };

function escaped(text: string): string {
  return text.replace(/[&<>"]/gu, (one) => entities[one] ?? one);
}

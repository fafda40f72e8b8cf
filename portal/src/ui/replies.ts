/** A ready reply: what one types after the slash, and what it says. */
export interface Reply {
  name: string;
  text: string;
}

/** What a ready reply may speak of. */
export interface ReplyWords {
  contact: string;
  technician: string;
  device: string;
}

const key = "parley.replies";
const usual: readonly Reply[] = [
  { name: "hello", text: "Hello {contact}, this is {technician}. How can I help you?" },
  { name: "restart", text: "Please save your work and restart {device}. I wait here for you." },
  { name: "moment", text: "One moment please, I am looking into it." },
  { name: "solved", text: "I am glad that it works again. Is there anything else?" },
  { name: "bye", text: "Thank you, {contact}. I end the session now. Have a good day!" },
];

/** The technician's ready replies, as this browser keeps them; the usual ones until they were changed. */
export function replies(): readonly Reply[] {
  try {
    const kept: unknown = JSON.parse(localStorage.getItem(key) ?? "null");
    return Array.isArray(kept) ? kept.filter(isReply) : usual;
  } catch {
    return usual; // Not ours, or the browser keeps nothing.
  }
}

/** Keeps the replies instead of those before. */
export function keepReplies(list: readonly Reply[]): void {
  try {
    localStorage.setItem(key, JSON.stringify(list));
  } catch {
    // A browser that keeps nothing has the usual replies.
  }
}

/** What a reply says to somebody. A word in braces that is not known stays as it is. */
export function filled(text: string, words: ReplyWords): string {
  return text.replace(/\{(contact|technician|device)\}/gu, (_, name: keyof ReplyWords) => words[name]);
}

/** The replies that are meant by a draft: all for a single slash, none where it is no single word after one. */
export function meant(draft: string, list: readonly Reply[]): readonly Reply[] {
  const word = /^\/(\S*)$/u.exec(draft)?.[1]?.toLowerCase();
  if (word === undefined) return [];
  return list.filter(({ name }) => name.toLowerCase().startsWith(word));
}

/** Reads replies as they are written in the settings: on each line a name, a colon and the text. */
export function readReplies(text: string): Reply[] {
  return text.split("\n").flatMap((line): Reply[] => {
    const [, name, said] = /^\s*\/?([^\s:]+)\s*:\s*(.*\S)\s*$/u.exec(line) ?? [];
    return name && said ? [{ name, text: said.replaceAll("\\n", "\n") }] : [];
  });
}

/** Writes replies as readReplies reads them. */
export function writeReplies(list: readonly Reply[]): string {
  return list.map(({ name, text }) => `${name}: ${text.replaceAll("\n", "\\n")}`).join("\n");
}

function isReply(value: unknown): value is Reply {
  if (typeof value !== "object" || value === null) return false;
  const { name, text } = value as Record<string, unknown>;
  return typeof name === "string" && typeof text === "string";
}

/** A part of a text: as it stands, or with where it leads. */
export interface Part {
  text: string;
  /** An address of a scheme that is safe to follow. */
  href?: string;
}

// What looks like an address; whether it is one is decided below.
const address = /\b(?:https?:\/\/|mailto:|tel:)[^\s<>"'`{}|\\^]+/giu;
const schemes = new Set(["http:", "https:", "mailto:", "tel:"]);
const pairs: Record<string, string> = { ")": "(", "]": "[" };

/**
 * Finds the addresses in a text: http, https, mailto and tel, and no other
 * scheme. The parts together are the text.
 */
export function linked(text: string): Part[] {
  const parts: Part[] = [];
  let done = 0;
  for (const match of text.matchAll(address)) {
    const found = trimmed(match[0]);
    const href = hrefOf(found);
    if (href === undefined) continue;
    if (match.index > done) parts.push({ text: text.slice(done, match.index) });
    parts.push({ text: found, href });
    done = match.index + found.length;
  }
  if (done < text.length) parts.push({ text: text.slice(done) });
  return parts;
}

// The end of a sentence is no part of an address, nor is a bracket that was
// opened before it.
function trimmed(found: string): string {
  let end = found.length;
  for (; end > 0; end--) {
    const last = found.charAt(end - 1);
    const opened = pairs[last];
    const inside = found.slice(0, end);
    const closes = opened !== undefined && count(inside, last) > count(inside, opened);
    if (!closes && !".,;:!?…".includes(last)) break;
  }
  return found.slice(0, end);
}

const count = (text: string, one: string): number => text.split(one).length - 1;

// An address that carries a name before its host only looks like that host.
function hrefOf(found: string): string | undefined {
  if (!URL.canParse(found)) return undefined;
  const { protocol, username, password, pathname, hostname, href } = new URL(found);
  const somewhere = hostname !== "" || pathname !== "";
  return schemes.has(protocol) && username === "" && password === "" && somewhere ? href : undefined;
}

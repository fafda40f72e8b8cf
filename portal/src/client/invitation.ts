/** What somebody without an account shows to be let into one session, as the service reads it. */
export interface Ticket {
  /** A code of eight characters, or what stands in a link. */
  secret: string;
  /** Random, and kept by this browser: the invitation is for the first that comes. */
  key: string;
  /** What they call themselves, up to 64 bytes. */
  name: string;
  /** What they call their computer. */
  device?: string;
}

const alphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"; // Crockford's base 32: no I, L, O, U.

/** A new code to read aloud: 40 bits. */
export function newCode(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(8)), (byte) => alphabet[byte % 32]).join("");
}

/** A new secret for a link, or key of a browser: 144 bits. */
export function newSecret(): string {
  return base64(crypto.getRandomValues(new Uint8Array(18)));
}

/** A code as it is read aloud. */
export function shownCode(code: string): string {
  return `${code.slice(0, 4)}-${code.slice(4)}`;
}

/** The code that somebody typed, however they wrote it; undefined where it cannot be one. */
export function codeOf(typed: string): string | undefined {
  const code = typed.toUpperCase().replace(/[\s-]/g, "").replace(/O/g, "0").replace(/[IL]/g, "1");
  return /^[0-9A-HJKMNP-TV-Z]{8}$/.test(code) ? code : undefined;
}

/** The secret in the fragment of a link; undefined where there is none. */
export function secretOf(fragment: string): string | undefined {
  const secret = fragment.replace(/^#/, "");
  return /^[A-Za-z0-9_-]{22,64}$/.test(secret) ? secret : undefined;
}

/** All that the service learns of a secret: its SHA-256 in hexadecimal digits. */
export async function digestOf(secret: string): Promise<string> {
  const sum = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(secret));
  return Array.from(new Uint8Array(sum), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** A ticket as it is offered in the place of a token. */
export function offered(ticket: Ticket): string {
  return `invite.${base64(new TextEncoder().encode(JSON.stringify(ticket)))}`;
}

function base64(bytes: Uint8Array): string {
  const text = btoa(String.fromCharCode(...bytes));
  return text.replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
}

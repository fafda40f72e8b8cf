import { Fault } from "../client/index";
import { devicePass, drawer, forgetPass } from "./device-pass";

/**
 * How a page knows who its reader is. This one stands for an identity provider
 * where Parley runs by itself: whoever the page's address names with ?as= gets
 * a token. A real provider replaces this module and nothing else.
 */
export interface SignIn {
  /** Brings a fresh token; it rejects with the fault unauthenticated when nobody is signed in. */
  token(): Promise<string>;
  /** Forgets who is signed in, and leaves the page. */
  signOut(): void;
}

/** The sign-in of this page. */
export function signIn(): SignIn {
  const person = new URLSearchParams(location.search).get("as") ?? "";
  const pass = person === "" ? devicePass(location.hash, drawer()) : undefined;
  if (pass !== undefined) return byPass(pass);
  return {
    token: () => tokenFor(person),
    signOut: () => location.assign("/"),
  };
}

// The secret leaves the address, where others may see it.
function byPass(pass: string): SignIn {
  history.replaceState(history.state, "", location.pathname + location.search);
  return {
    token: () => Promise.resolve(pass),
    signOut: () => {
      forgetPass(drawer());
      location.assign("/");
    },
  };
}

/** Where the service is: the address of its WebSocket API. */
export async function serviceAddress(): Promise<string> {
  const config = await read(fetch("/config.json"));
  const { websocket } = config;
  if (typeof websocket !== "string") throw new Fault("internal", "config.json names no websocket address.");
  return websocket;
}

async function tokenFor(person: string): Promise<string> {
  if (person === "") {
    throw new Fault("unauthenticated", "Open this page from the start page, which says who you are.");
  }
  const { token } = await read(
    fetch("/issuer/token", {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ person }),
    }),
  );
  if (typeof token !== "string") throw new Fault("unauthenticated", `Nobody here is called ${person}.`);
  return token;
}

async function read(asked: Promise<Response>): Promise<Record<string, unknown>> {
  const response = await asked.catch(() => undefined);
  if (response === undefined || response.status >= 500) {
    throw new Fault("unavailable", "The service does not answer.");
  }
  if (!response.ok) return {};
  return (await response.json()) as Record<string, unknown>;
}

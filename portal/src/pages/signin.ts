import { Fault } from "../client/index";
import { readConfig, readJson } from "./config";
import { devicePass, drawer, forgetPass } from "./device-pass";
import { byProvider } from "./provider";

/** How a page knows who its reader is. */
export interface SignIn {
  /** Brings a fresh token; it rejects with the fault unauthenticated when nobody is signed in. */
  token(): Promise<string>;
  /** Forgets who is signed in, and leaves the page. */
  signOut(): void;
}

/**
 * The sign-in of this page: by the pass with which a device agent has opened it,
 * as whom the address names with ?as= on a developer's machine, and otherwise at
 * the deployment's identity provider.
 */
export function signIn(): SignIn {
  const person = new URLSearchParams(location.search).get("as") ?? "";
  const pass = person === "" ? devicePass(location.hash, drawer()) : undefined;
  if (pass !== undefined) return byPass(pass);
  if (person !== "") return { token: () => tokenFor(person), signOut: () => location.assign("/") };
  return byConfig();
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

async function tokenFor(person: string): Promise<string> {
  const { token } = await readJson(
    fetch("/issuer/token", {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ person }),
    }),
  );
  if (typeof token !== "string") throw new Fault("unauthenticated", `Nobody here is called ${person}.`);
  return token;
}

function byConfig(): SignIn {
  let known: SignIn | undefined;
  const provided = async (): Promise<SignIn> => {
    if (known !== undefined) return known;
    const { signIn: provider } = await readConfig();
    if (provider === undefined) {
      throw new Fault("unauthenticated", "Open this page from the start page, which says who you are.");
    }
    return (known = byProvider(provider));
  };
  return {
    token: async () => (await provided()).token(),
    signOut: () => (known === undefined ? location.assign("/") : known.signOut()),
  };
}

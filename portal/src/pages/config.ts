import { Fault } from "../client/index";

/** What a deployment tells its pages, in /config.json. */
export interface Config {
  /** The address of the WebSocket API. */
  websocket: string;
  /** The OpenID Connect provider at which readers sign in; absent on a developer's machine. */
  signIn?: Provider;
}

/** An OpenID Connect provider, and what it calls this portal. */
export interface Provider {
  authority: string;
  clientId: string;
}

/** Reads the configuration; it rejects with the fault unavailable while nobody answers. */
export async function readConfig(): Promise<Config> {
  const { websocket, signIn } = await readJson(fetch("/config.json"));
  if (typeof websocket !== "string") throw new Fault("internal", "config.json names no websocket address.");
  return { websocket, ...(isProvider(signIn) && { signIn }) };
}

/** The object that is answered; an empty one where it is refused. */
export async function readJson(asked: Promise<Response>): Promise<Record<string, unknown>> {
  const response = await asked.catch(() => undefined);
  if (response === undefined || response.status >= 500) {
    throw new Fault("unavailable", "The service does not answer.");
  }
  if (!response.ok) return {};
  return (await response.json()) as Record<string, unknown>;
}

function isProvider(value: unknown): value is Provider {
  const { authority, clientId } = (value ?? {}) as Partial<Provider>;
  return typeof authority === "string" && typeof clientId === "string";
}

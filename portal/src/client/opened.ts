import type { ClientEvents } from "./client";
import type { Events } from "./events";
import { Fault } from "./fault";
import type { ConnectionState } from "./link";

/** Waits until a client's connection is open. It rejects when the client is closed or the signal aborts. */
export function whenOpen(
  client: Events<ClientEvents> & { readonly state: ConnectionState },
  signal?: AbortSignal,
): Promise<void> {
  return new Promise((resolve, reject) => {
    const heard = new AbortController();
    const fail = (err: Error): void => {
      heard.abort();
      reject(err);
    };
    const look = (): void => {
      if (client.state.kind === "closed") fail(new Fault("unavailable", "The client is closed."));
      if (client.state.kind !== "open") return;
      heard.abort();
      resolve();
    };
    if (signal?.aborted === true) return fail(signal.reason as Error);
    signal?.addEventListener("abort", () => fail(signal.reason as Error), { signal: heard.signal });
    client.addEventListener("state", look, { signal: heard.signal });
    look();
  });
}

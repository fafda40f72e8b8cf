import { Fault, type ParleyClient } from "../client/index";
import type { CommandName, Commands } from "../protocol/wire";

const tries = 5;
const pause = 500; // Milliseconds.

/**
 * Sends a command that may be sent twice, until the service has answered it: it
 * waits for the connection, and tries again where that helps. It rejects with
 * the last fault.
 */
export async function deliver<Name extends CommandName>(
  client: ParleyClient,
  name: Name,
  data: Commands[Name]["data"],
  signal: AbortSignal,
): Promise<Commands[Name]["reply"]> {
  for (let attempt = 1; ; attempt++) {
    await client.opened(signal);
    try {
      return await client.command(name, data, { signal });
    } catch (err) {
      signal.throwIfAborted();
      if (!Fault.from(err).retryable || attempt === tries) throw err;
    }
    await new Promise((resolve) => setTimeout(resolve, pause * attempt));
  }
}

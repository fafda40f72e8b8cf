import type { CommandName, Commands } from "../protocol/wire";
import { backoff, rested, type Pace } from "./backoff";
import { Fault } from "./fault";
import type { Service } from "./service";

const tries = 4;
const pace: Pace = { first: 500, most: 4_000 };

/** Sends a command that may be sent again with the same id, until its outcome is known or that has failed four times. */
export async function insist<Name extends CommandName>(
  service: Service,
  name: Name,
  data: Commands[Name]["data"],
  signal?: AbortSignal,
): Promise<Commands[Name]["reply"]> {
  const unending = signal ?? new AbortController().signal;
  for (let attempt = 0; ; attempt++) {
    try {
      return await service.command(name, data);
    } catch (err) {
      const wait = pace.first + backoff(pace, attempt, () => service.random());
      if (!Fault.from(err).retryable || attempt + 1 === tries) throw err;
      if (!(await rested(wait, unending))) throw err;
    }
  }
}

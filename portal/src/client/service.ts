import type { CommandName, Commands, Person } from "../protocol/wire";
import type { CommandOptions } from "./exchange";

/** Service is what the parts of a client need of its connection. */
export interface Service {
  /** The caller. */
  readonly person: Person;

  /** Sends a command and waits for its reply. It rejects with a Fault. */
  command<Name extends CommandName>(
    name: Name,
    data: Commands[Name]["data"],
    options?: CommandOptions,
  ): Promise<Commands[Name]["reply"]>;

  /** A number from 0 to 1, as Math.random. */
  random(): number;
}

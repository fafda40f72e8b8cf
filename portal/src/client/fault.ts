import type { Fault as WireFault, FaultCode } from "../protocol/wire";

/**
 * Fault is the error of everything in this client that fails: the service's own
 * answer, or `unavailable` when there was none. Its message is a sentence that
 * may be shown.
 */
export class Fault extends Error implements WireFault {
  override readonly name: string = "Fault";

  constructor(
    readonly code: FaultCode,
    message: string,
  ) {
    super(message);
  }

  /** Whether the same request may succeed later without any change to it. */
  get retryable(): boolean {
    return this.code === "rate_limited" || this.code === "unavailable" || this.code === "internal";
  }

  /** Returns err if it is a fault, and a fault `internal` about it if not. */
  static from(err: unknown): Fault {
    if (err instanceof Fault) return err;
    return new Fault("internal", err instanceof Error ? err.message : String(err));
  }
}

/** Unanswered is the fault `unavailable` of a command that nobody answered: the connection may be dead. */
export class Unanswered extends Fault {
  constructor() {
    super("unavailable", "The service did not answer in time.");
  }
}

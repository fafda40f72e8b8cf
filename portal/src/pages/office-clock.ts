import type { ParleyClient } from "../client/index";
import type { Office } from "../protocol/wire";

const longest = 2 ** 31 - 1; // Of a timer, in milliseconds.

/** Knows whether somebody is there to answer, and asks again when that changes. */
export class OfficeClock {
  /** What the service last said; undefined while that is not known. */
  now: Office | undefined;
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(
    private readonly client: Pick<ParleyClient, "office" | "now">,
    private readonly changed: () => void,
  ) {}

  /** Asks. Where nobody answers it stays as it was. */
  async ask(): Promise<void> {
    const office = await this.client.office().catch(() => undefined);
    if (!office) return;
    this.now = office;
    this.changed();
    clearTimeout(this.timer);
    if (office.until === undefined) return;
    const wait = Math.min(Math.max(office.until - this.client.now(), 0) + 1000, longest);
    this.timer = setTimeout(() => void this.ask(), wait);
  }
}

import type { Notice } from "../ui/notices";
import { Fault } from "../client/index";

const shownFor = 10_000; // Milliseconds. Trouble stays until it is closed.
const most = 4;

/** What goes with a notice. */
type More = Pick<Notice, "tips">;

/** The notices of a page. What went well goes by itself, everything else when it was read. */
export class NoticeBoard {
  /** What is shown now, oldest first. */
  notices: readonly Notice[] = [];
  private last = 0;

  constructor(private readonly changed: () => void) {}

  /** Tells that something went well. */
  done(text: string, more: More = {}): void {
    this.add({ kind: "done", text, ...more });
  }

  /** Tells that something failed. */
  trouble(error: unknown, more: More = {}): void {
    const fault = Fault.from(error);
    const advice = fault.retryable ? " Wait a moment and try again." : "";
    this.add({ kind: "trouble", text: `${fault.message}${advice}`, ...more });
  }

  /** Tells what a colleague or contact did, until it was read. */
  news(text: string): void {
    this.add({ kind: "news", text });
  }

  /** Takes a notice away. */
  remove(id: number): void {
    this.notices = this.notices.filter((notice) => notice.id !== id);
    this.changed();
  }

  private add(notice: Omit<Notice, "id">): void {
    const id = ++this.last;
    const others = this.notices.filter(({ text }) => text !== notice.text);
    this.notices = [...others, { id, ...notice }].slice(-most);
    if (notice.kind === "done") setTimeout(() => this.remove(id), shownFor);
    this.changed();
  }
}

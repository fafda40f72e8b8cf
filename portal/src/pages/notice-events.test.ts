import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { Notices } from "../client/index";
import { tell } from "../ui/events";
import { alice, carol } from "../ui/samples";
import { followNotices, followWriting } from "./notice-events";
import { Shown } from "./testing/shown";

const notice = { notice: "n1", by: alice, text: "Please save your work." };

describe("Notices on a page (D14)", () => {
  let root: EventTarget;
  let notices: Notices;
  let asked: string[];

  beforeEach(() => {
    root = new EventTarget();
    asked = [];
    notices = new Notices({
      person: carol,
      random: () => 0,
      command: (name: string) => {
        asked.push(name);
        return Promise.resolve({ pages: 1 } as never);
      },
    });
    Shown.become("granted");
  });
  afterEach(() => {
    vi.restoreAllMocks();
    vi.unstubAllGlobals();
  });

  it("are notified while the page is hidden, until they were read", () => {
    followNotices(root, notices, () => undefined);
    vi.spyOn(document, "hidden", "get").mockReturnValue(true);
    notices.hear({ name: "presence.notified", data: notice });
    expect(Shown.all.map(({ title, options }) => [title, options.body])).toEqual([
      ["Message from Alice Archer", "Please save your work."],
    ]);
    tell(root, "parley-heed", { notice });
    expect(Shown.all[0]?.closed).toBe(true);
    expect(asked).toEqual(["presence.acknowledge"]);
    expect(notices.waiting).toEqual([]);
  });

  it("are not notified to who sees the page", () => {
    let drawn = 0;
    followNotices(root, notices, () => drawn++);
    vi.spyOn(document, "hidden", "get").mockReturnValue(false);
    notices.hear({ name: "presence.notified", data: notice });
    expect(Shown.all).toEqual([]);
    expect(drawn).toBe(1);
  });

  it("tell their technician that they are shown, and by whom they were read", async () => {
    const said: string[] = [];
    const say = (text: string): void => void said.push(text);
    const board = { done: say, news: say };
    followWriting(root, notices, board, () => null);
    const ids = vi.spyOn(crypto, "randomUUID").mockReturnValue("0-0-0-0-1");
    let sent: Promise<void> = Promise.reject(new Error("It was not sent."));
    sent.catch(() => undefined);
    const to = { contact: carol.id, name: carol.name, company: "acme" };
    tell(root, "parley-notice", { to, text: "Hello", take: (sending) => void (sent = sending) });
    await sent;
    expect(ids).toHaveBeenCalledOnce();
    notices.hear({ name: "presence.acknowledged", data: { notice: "0-0-0-0-1", by: carol } });
    expect(said).toEqual([
      "Your message is on the screen of Carol Jones.",
      "Carol Jones has read your message.",
    ]);
  });
});

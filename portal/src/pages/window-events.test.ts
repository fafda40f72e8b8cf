import { beforeEach, describe, expect, it, vi } from "vitest";
import { Fault } from "../client/index";
import { tell } from "../ui/events";
import type { Chats } from "./chats";
import { NoticeBoard } from "./notice-board";
import { windowAddress } from "./pop-out";
import { followWindows } from "./window-events";

const session = "acme/1";

describe("What a chat window tells of its session", () => {
  let root: EventTarget;
  let page: EventTarget;
  let board: NoticeBoard;
  let placed: string[];
  const live = { read: vi.fn(), nudge: vi.fn(), callback: vi.fn() };

  beforeEach(() => {
    root = new EventTarget();
    page = new EventTarget();
    board = new NoticeBoard(() => undefined);
    for (const doing of Object.values(live)) doing.mockReset().mockResolvedValue(undefined);
    placed = [];
    const place = (what: string) => (id: string) => placed.push(`${what} ${id}`);
    const chats = {
      minimise: place("minimise"),
      show: place("show"),
      live: (id: string) => (id === session ? live : undefined),
    };
    followWindows(root, chats as unknown as Chats, board, page);
  });

  it("is how far its reader has come (P4)", () => {
    tell(root, "parley-read", { session, seq: 7 });
    tell(root, "parley-read", { session: "acme/2", seq: 9 });
    expect(live.read.mock.calls).toEqual([[7]]);
  });

  it("is a call for attention, and a number to be called (F18, N17)", () => {
    tell(root, "parley-nudge", { session });
    tell(root, "parley-callback", { session, phone: "0123", note: "After five" });
    expect(live.nudge).toHaveBeenCalledOnce();
    expect(live.callback).toHaveBeenCalledWith({ phone: "0123", note: "After five" });
  });

  it("is told on the notice board, and where it fails, why", async () => {
    live.nudge.mockRejectedValue(new Fault("rate_limited", "Give them a moment."));
    tell(root, "parley-done", { text: "The chat is on the clipboard." });
    tell(root, "parley-trouble", { text: "The browser does not let this page." });
    tell(root, "parley-nudge", { session });
    await vi.waitFor(() => expect(board.notices).toHaveLength(3));
    expect(board.notices.map(({ kind }) => kind)).toEqual(["done", "trouble", "trouble"]);
    expect(board.notices[2]?.text).toContain("Give them a moment.");
  });

  it("is a window of its own, for the same person, and back (D26)", () => {
    const open = vi.spyOn(window, "open").mockReturnValue({ focus: () => undefined } as Window);
    tell(root, "parley-pop-out", { session });
    expect(open.mock.calls[0]?.[0]).toContain("/chat/?");
    expect(windowAddress(session, "?as=alice&relay")).toBe("/chat/?as=alice&relay=&session=acme%2F1");
    const data = { parley: "back", session, draft: "He" };
    page.dispatchEvent(new MessageEvent("message", { data, origin: location.origin }));
    page.dispatchEvent(new MessageEvent("message", { data, origin: "https://evil.example" }));
    page.dispatchEvent(new MessageEvent("message", { data: "back", origin: location.origin }));
    expect(placed).toEqual(["minimise acme/1", "show acme/1"]);
    open.mockRestore();
  });

  it("stays where the browser blocks that window, and says how to allow it (A17)", () => {
    const open = vi.spyOn(window, "open").mockReturnValue(null);
    tell(root, "parley-pop-out", { session });
    expect(placed).toEqual([]);
    expect(board.notices[0]?.text).toContain("Allow pop-ups for this page");
    open.mockRestore();
  });
});

import { beforeEach, describe, expect, it, vi } from "vitest";
import { Fault } from "../client/index";
import { tell } from "../ui/events";
import type { Chats } from "./chats";
import { NoticeBoard } from "./notice-board";
import { followWindows } from "./window-events";

const session = "acme/1";

describe("What a chat window tells of its session", () => {
  let root: EventTarget;
  let board: NoticeBoard;
  const live = { read: vi.fn(), nudge: vi.fn(), callback: vi.fn() };

  beforeEach(() => {
    root = new EventTarget();
    board = new NoticeBoard(() => undefined);
    for (const doing of Object.values(live)) doing.mockReset().mockResolvedValue(undefined);
    const chats = { live: (id: string) => (id === session ? live : undefined) };
    followWindows(root, chats as unknown as Chats, board);
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
});

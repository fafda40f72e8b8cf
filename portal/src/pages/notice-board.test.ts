import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { Fault } from "../client/index";
import { NoticeBoard } from "./notice-board";

describe("The notice board", () => {
  let board: NoticeBoard;
  const texts = (): string[] => board.notices.map(({ text }) => text);

  beforeEach(() => {
    vi.useFakeTimers();
    board = new NoticeBoard(() => undefined);
  });
  afterEach(() => vi.useRealTimers());

  it("lets good news go by itself, and trouble only when it was read", () => {
    board.done("Request sent.");
    board.trouble(new Fault("conflict", "Carol Jones is away."));
    vi.advanceTimersByTime(10_000);
    expect(texts()).toEqual(["Carol Jones is away."]);
    board.remove(2);
    expect(texts()).toEqual([]);
  });

  it("keeps what somebody else did until it was read", () => {
    board.news("Bob Baker took over the session with Carol Jones.");
    board.done("Something else.");
    vi.advanceTimersByTime(60_000);
    expect(texts()).toEqual(["Bob Baker took over the session with Carol Jones."]);
  });

  it("says what to do where trying again may help", () => {
    board.trouble(new Fault("unavailable", "The service does not answer."));
    expect(texts()).toEqual(["The service does not answer. Wait a moment and try again."]);
  });

  it("says the same thing once, and holds four at most", () => {
    for (const text of ["a", "a", "b", "c", "d", "e"]) board.done(text);
    expect(texts()).toEqual(["b", "c", "d", "e"]);
  });
});

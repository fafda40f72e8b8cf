import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { alice, dave } from "./testing/world";
import { TypingOthers, TypingTeller } from "./typing";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

describe("telling that one types", () => {
  let told: boolean[];
  let teller: TypingTeller;

  beforeEach(() => {
    told = [];
    teller = new TypingTeller((typing) => told.push(typing));
  });

  it("tells at once, and then at most once in 6 seconds", () => {
    for (let ms = 0; ms < 6000; ms += 100) {
      teller.type("Hel");
      vi.advanceTimersByTime(100);
    }
    expect(told).toEqual([true]);
    teller.type("Hello");
    expect(told).toEqual([true, true]);
  });

  it("tells the end after 5 seconds of nothing", () => {
    teller.type("Hello");
    vi.advanceTimersByTime(4999);
    expect(told).toEqual([true]);
    vi.advanceTimersByTime(1);
    expect(told).toEqual([true, false]);
  });

  it("leaves it to the message to tell that it was sent", () => {
    teller.type("Hello");
    teller.sent();
    vi.advanceTimersByTime(10_000);
    expect(told).toEqual([true]);
    teller.type("And");
    expect(told).toEqual([true, true]);
  });

  it("tells the end at once when the draft is emptied, and only once", () => {
    teller.type("Hello");
    teller.type("");
    teller.stop();
    vi.advanceTimersByTime(10_000);
    expect(told).toEqual([true, false]);
  });
});

describe("knowing who types", () => {
  it("believes nobody for longer than 9 seconds", () => {
    const others = new TypingOthers(() => undefined);
    others.set(dave, true);
    vi.advanceTimersByTime(8999);
    expect(others.people).toEqual([dave]);
    vi.advanceTimersByTime(1);
    expect(others.people).toEqual([]);
  });

  it("goes on believing one who tells again", () => {
    const others = new TypingOthers(() => undefined);
    for (let told = 0; told < 5; told++) {
      others.set(dave, true);
      vi.advanceTimersByTime(6000);
    }
    expect(others.people).toEqual([dave]);
  });

  it("tells only of changes", () => {
    const changed = vi.fn();
    const others = new TypingOthers(changed);
    others.set(dave, true);
    others.set(dave, true);
    others.set(alice, true);
    others.set(dave, false);
    others.set(dave, false);
    others.clear();
    expect(changed).toHaveBeenCalledTimes(4);
    expect(vi.getTimerCount()).toBe(0);
  });
});

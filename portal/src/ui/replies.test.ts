import { beforeEach, describe, expect, it } from "vitest";
import { filled, keepReplies, meant, readReplies, replies, writeReplies } from "./replies";

const words = { contact: "Carol Jones", technician: "Alice Archer", device: "ACME-LT-07" };

describe("Ready replies (P5)", () => {
  beforeEach(() => localStorage.clear());

  it("speak of the contact, the technician and the device", () => {
    expect(filled("{contact}, {technician}, {device}, {other}, {", words)).toBe(
      "Carol Jones, Alice Archer, ACME-LT-07, {other}, {",
    );
    expect(filled("{contact}", { ...words, contact: "{device} $&" })).toBe("{device} $&");
  });

  it("are the usual ones until they were changed, and stay", () => {
    expect(replies().map(({ name }) => name)).toContain("hello");
    keepReplies([{ name: "x", text: "X" }]);
    expect(replies()).toEqual([{ name: "x", text: "X" }]);
    keepReplies([]);
    expect(replies()).toEqual([]);
  });

  it.each(["{", '"x"', '[{"name":1}]'])("live with %j where somebody else wrote it", (kept) => {
    localStorage.setItem("parley.replies", kept);
    expect(() => meant("/", replies())).not.toThrow();
  });

  it("are meant by a slash and how their name begins", () => {
    const list = replies();
    expect(meant("/", list)).toEqual(list);
    expect(meant("/HE", list).map(({ name }) => name)).toEqual(["hello"]);
    for (const draft of ["", "hello", "/hello there", "see /hello", "/etc/passwd"]) {
      expect(meant(draft, list)).toEqual([]);
    }
  });

  it("are written one on a line, and read as they were written", () => {
    const list = [{ name: "a", text: "One: two\nthree" }, ...replies()];
    expect(readReplies(writeReplies(list))).toEqual(list);
    expect(readReplies("no colon here\n: nothing\n /b : B \n\n")).toEqual([{ name: "b", text: "B" }]);
  });
});

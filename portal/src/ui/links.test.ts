import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { linked } from "./links";

const hrefs = (text: string): string[] =>
  linked(text).flatMap(({ href }) => (href === undefined ? [] : [href]));

describe("Addresses in a message", () => {
  it.each([
    ["See https://example.org/a?b=1.", "https://example.org/a?b=1"],
    ["(https://example.org/a_(b))", "https://example.org/a_(b)"],
    ["HTTP://Example.ORG/", "http://example.org/"],
    ["Write to mailto:help@example.org, please", "mailto:help@example.org"],
    ["Ring tel:+44-20-7946-0000!", "tel:+44-20-7946-0000"],
  ])("are followed in %j", (text, href) => {
    expect(hrefs(text)).toEqual([href]);
  });

  it.each([
    "javascript:alert(1)",
    "data:text/html,x",
    "ftp://example.org/",
    "https://",
    "mailto:",
    "file:///etc/passwd",
    "https://bank.example@evil.example/",
    "ahttps://example.org",
  ])("are not made of %j", (text) => {
    expect(hrefs(text)).toEqual([]);
  });

  it("leave the text as it is, and lead to safe schemes only, whatever was written", () => {
    const piece = fc.oneof(
      fc.string(),
      fc.webUrl(),
      fc.constantFrom("https://", "javascript:", "mailto:", "tel:", ")", "(", "@", ".", "<", "\n"),
    );
    fc.assert(
      fc.property(fc.array(piece), (pieces) => {
        const text = pieces.join("");
        const parts = linked(text);
        expect(parts.map((part) => part.text).join("")).toBe(text);
        for (const { href } of parts) if (href) expect(href).toMatch(/^(https?|mailto|tel):/);
      }),
    );
  });
});

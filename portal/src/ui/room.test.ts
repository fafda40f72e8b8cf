import fc from "fast-check";
import { expect, it } from "vitest";
import { room } from "./room";

it.each([
  ["", 10, 10],
  ["hello", 10, 5],
  ["ääää", 10, 1],
  ["ääääää", 10, -1],
  ["😀", 3, -1],
])("Within %j and %i bytes there is room for %i more", (text, limit, more) => {
  expect(room(text, limit)).toBe(more);
});

it("There is no room exactly when the text is over the limit as it travels", () => {
  fc.assert(
    fc.property(fc.string({ unit: "grapheme" }), fc.integer({ min: 1, max: 40 }), (text, limit) => {
      expect(room(text, limit) < 0).toBe(new TextEncoder().encode(text).length > limit);
    }),
  );
});

import { describe, expect, it } from "vitest";
import { besideOf } from "./beside";

const origin = "https://desk.example";

describe("What a chat stands beside (C10, D20)", () => {
  it.each([
    ["?session=acme/1", undefined],
    ["?beside=/view/%3Fdevice=d7", "/view/?device=d7"],
    ["?beside=https://desk.example/view/", "/view/"],
    ["?beside=https://evil.example/", undefined],
    ["?beside=//evil.example/", undefined],
    ["?beside=javascript:alert(1)", undefined],
    ["?beside=data:text/html,x", undefined],
    ["?beside=https://", undefined],
  ])("is a page of the same origin and no other: %s", (search, page) => {
    expect(besideOf({ search, origin })).toBe(page);
  });
});

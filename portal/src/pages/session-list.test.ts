import { describe, expect, it } from "vitest";
import { requested, session } from "../ui/samples";
import { sessionList } from "./session-list";

describe("The list of sessions", () => {
  it("takes what is newer, from the roster or from taking part", () => {
    const joined = { ...requested, version: 2, state: "active" as const };
    expect(sessionList([session, requested], [joined])).toEqual([session, joined]);
    expect(sessionList([session, joined], [requested])).toEqual([session, joined]);
  });

  it("leaves out what is ended", () => {
    expect(sessionList([session], [{ ...session, version: 9, state: "ended" }])).toEqual([]);
  });
});

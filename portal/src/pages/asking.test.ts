import { describe, expect, it } from "vitest";
import type { Availability, Session } from "../protocol/wire";
import { abandoned, alice, bob, connecting, requested, session } from "../ui/samples";
import { asking } from "./asking";

const offered: Session = { ...session, id: "acme/8", transfer: { to: bob, by: alice } };
const all = [offered, session, abandoned, connecting, requested];

const ids = (availability: Availability, later: string[] = []): string[] =>
  asking(all, bob, availability, new Set(later)).map(({ id }) => id);

describe("What asks for a technician", () => {
  it("is every request while they are online, and what a colleague hands on (B20, C24)", () => {
    expect(ids("online")).toEqual([offered.id, requested.id]);
  });

  it.each(["away", "busy"] as const)("is no request while they are %s (B20)", (availability) => {
    expect(ids(availability)).toEqual([offered.id]);
  });

  it("is no request that they have put off", () => {
    expect(ids("online", [requested.id])).toEqual([offered.id]);
  });
});

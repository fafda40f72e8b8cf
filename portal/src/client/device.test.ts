import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { deviceState, type DeviceFacts } from "./device";

type Case = Partial<DeviceFacts> & { name: string; state: string };

const now = 1_790_000_000_000;
const file = join(import.meta.dirname, "../../../shared/presence/testdata/states.json");
const at = (seconds: number): number => now + seconds * 1000;

describe("The state of a device", () => {
  it.each(JSON.parse(readFileSync(file, "utf8")) as Case[])("is $state for $name", (told) => {
    const users = (told.users ?? []).map((user) => ({ ...user, activeAt: at(user.activeAt) }));
    const times = {
      ...(told.checkedAt === undefined ? {} : { checkedAt: at(told.checkedAt) }),
      ...(told.until === undefined ? {} : { until: at(told.until) }),
    };
    expect(deviceState({ ...told, ...times, users }, now)).toBe(told.state);
  });
});

import { isInactive } from "../client/index";
import type { DeviceRow, DeviceState } from "../protocol/wire";
import { elapsedWords } from "./device-time";

/** What a device's check-in state is called. */
export const deviceWords: Record<DeviceState, string> = {
  waiting: "Online, first inventory running",
  online: "Online, nobody logged on",
  used: "Online, in use",
  idle: "Online, user idle",
  offline: "Offline",
  never: "Never checked in",
  uncontrolled: "Online, remote control off",
  suspended: "Suspended",
};

/** Devices on which somebody can be reached come first. */
export const deviceOrder: Record<DeviceState, number> = {
  used: 0,
  idle: 1,
  uncontrolled: 2,
  waiting: 3,
  online: 4,
  suspended: 5,
  offline: 6,
  never: 7,
};

/** A line of a device's quick view: what it is about, and what there is to say. */
export type Fact = readonly [about: string, says: string];

/** What a device's quick view says at a time of the service's clock. */
export function deviceFacts(row: DeviceRow, state: DeviceState, now: number): Fact[] {
  const { checkedAt } = row;
  const silent = state === "offline" || state === "never";
  const users = silent ? [] : row.users;
  return [
    ["State", deviceWords[state]],
    ["Company", row.company],
    ...users.map(({ name, activeAt }): Fact => [
      "Logged on",
      isInactive(activeAt, checkedAt ?? 0, now)
        ? `${name}, idle for ${elapsedWords(now - activeAt)}`
        : `${name}, active`,
    ]),
    ...(users.length === 0 && !silent ? [["Logged on", "nobody"] as const] : []),
    ["Remote control", row.noRemote ? "switched off" : "allowed"],
    ["Last check-in", checkedAt === undefined ? "never" : `${elapsedWords(now - checkedAt)} ago`],
  ];
}

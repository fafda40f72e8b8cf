import type { DeviceRow, DeviceState } from "../protocol/wire";

const minute = 60_000;
const quiet = 5 * minute; // Without activity, after which a device tells since when.
const idle = 10 * minute; // Without activity, after which its user counts as inactive.

/** What of a row decides its state. */
export type DeviceFacts = Pick<
  DeviceRow,
  "users" | "auditing" | "noRemote" | "suspended" | "checkedAt" | "until"
>;

/**
 * What a device's row says at a time of the service's clock. It is the same rule
 * as in shared/presence, and the same table of cases tests both.
 */
export function deviceState(row: DeviceFacts, now: number): DeviceState {
  const { checkedAt, until = 0, users } = row;
  if (checkedAt === undefined) return "never";
  if (until <= now) return "offline";
  if (row.suspended) return "suspended";
  if (row.auditing) return "waiting";
  if (row.noRemote) return "uncontrolled";
  if (users.length === 0) return "online";
  return users.every(({ activeAt }) => isInactive(activeAt, checkedAt, now)) ? "idle" : "used";
}

/** Whether somebody was quiet when a device told of them, and has been inactive for 10 minutes by now. */
export function isInactive(activeAt: number, checkedAt: number, now: number): boolean {
  return checkedAt - activeAt >= quiet && now - activeAt >= idle;
}

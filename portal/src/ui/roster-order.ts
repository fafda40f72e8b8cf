import { deviceState } from "../client/index";
import type { Activity, Availability, DeviceRow, DeviceState, RosterRow, Session } from "../protocol/wire";
import { deviceOrder } from "./device-words";

/** Who can be reached best comes first. */
export const presenceOrder: Record<Activity | Availability, number> = {
  online: 0,
  busy: 1,
  away: 2,
  offline: 3,
};

/** A device on which nobody is logged on now. */
export interface EmptyDevice {
  readonly row: DeviceRow;
  readonly state: DeviceState;
}

const collator = new Intl.Collator();

/**
 * The people who are there, by company, presence and name. A row that was not
 * confirmed in time is offline, whatever it says.
 */
export function people(rows: readonly RosterRow[], now: number): RosterRow[] {
  return rows
    .filter(({ activity, until }) => activity !== "offline" && until > now)
    .sort(
      (a, b) =>
        collator.compare(a.company, b.company) ||
        presenceOrder[a.activity] - presenceOrder[b.activity] ||
        collator.compare(a.name, b.name),
    );
}

/** The devices on which nobody is logged on, by company, state and name. */
export function emptyDevices(rows: readonly DeviceRow[], now: number): EmptyDevice[] {
  return rows
    .map((row) => ({ row, state: deviceState(row, now) }))
    .filter(({ row, state }) => row.users.length === 0 || deviceOrder[state] >= deviceOrder.offline)
    .sort(
      (a, b) =>
        collator.compare(a.row.company, b.row.company) ||
        deviceOrder[a.state] - deviceOrder[b.state] ||
        collator.compare(a.row.name, b.row.name),
    );
}

/** What of a person or a device can be sought: where they are, and what they are called. */
export interface Sought {
  /** Their company, and the groups of their devices as company/group. */
  readonly places: readonly string[];
  readonly names: readonly string[];
}

/** What of a person can be sought. */
export function person({ name, company, devices }: RosterRow): Sought {
  return { places: placesOf(company, devices), names: [name, ...devices.map((device) => device.name)] };
}

/** What of a device can be sought. */
export function deviceSought(row: DeviceRow): Sought {
  return { places: placesOf(row.company, [row]), names: [row.name] };
}

/**
 * Whether one is in the place, a company or company/group (anywhere when empty),
 * and has the sought words in their names; a word that ends in `*` stands at the
 * beginning of one of them.
 */
export function matches({ places, names }: Sought, sought: string, place: string): boolean {
  if (place !== "" && !places.includes(place)) return false;
  if (sought === "") return true;
  const text = [...names, ...places].join(" ").toLowerCase();
  return sought
    .toLowerCase()
    .split(/\s+/)
    .every((word) =>
      word.endsWith("*")
        ? text.split(/\s+/).some((one) => one.startsWith(word.slice(0, -1)))
        : text.includes(word),
    );
}

function placesOf(company: string, devices: readonly { group?: string }[]): string[] {
  const groups = devices.flatMap(({ group }) => (group === undefined ? [] : [`${company}/${group}`]));
  return [company, ...new Set(groups)];
}

/** The session with a person that goes on without the reader, who could join it; the latest of several. */
export function joinable(sessions: readonly Session[], person: string, me: string): Session | undefined {
  return sessions.findLast(
    ({ state, contact, participants }) =>
      state === "active" &&
      contact.id === person &&
      !participants.some(({ id, joined }) => joined && id === me),
  );
}

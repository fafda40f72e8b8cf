import type { Activity, Availability, RosterRow } from "../protocol/wire";

/** Who can be reached best comes first. */
export const presenceOrder: Record<Activity | Availability, number> = {
  online: 0,
  busy: 1,
  away: 2,
  offline: 3,
};

/**
 * The people who are there, by company, presence and name. A row that was not
 * confirmed in time is offline, whatever it says.
 */
export function people(rows: readonly RosterRow[], now: number): RosterRow[] {
  return rows
    .filter(({ activity, until }) => activity !== "offline" && until > now)
    .sort(
      (a, b) =>
        a.company.localeCompare(b.company) ||
        presenceOrder[a.activity] - presenceOrder[b.activity] ||
        a.name.localeCompare(b.name),
    );
}

/**
 * Whether a row is in the place, a company or company/group (anywhere when
 * empty), and has the sought words in its names; a word that ends in `*` stands
 * at the beginning of one of them.
 */
export function matches(row: RosterRow, sought: string, place: string): boolean {
  if (place !== "" && !placesOf(row).includes(place)) return false;
  const text = [row.name, ...placesOf(row), ...row.devices.map(({ name }) => name)].join(" ").toLowerCase();
  const words = text.split(/\s+/);
  return sought
    .toLowerCase()
    .split(/\s+/)
    .every((word) =>
      word.endsWith("*") ? words.some((one) => one.startsWith(word.slice(0, -1))) : text.includes(word),
    );
}

/** Where somebody is: their company, and the groups of their devices as company/group. */
export function placesOf({ company, devices }: RosterRow): string[] {
  const groups = devices.flatMap(({ group }) => (group === undefined ? [] : [`${company}/${group}`]));
  return [company, ...new Set(groups)];
}

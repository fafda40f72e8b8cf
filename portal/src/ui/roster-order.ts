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

/** Whether a row is of the company (any when empty) and has the sought words in its names. */
export function matches(row: RosterRow, sought: string, company: string): boolean {
  if (company !== "" && row.company !== company) return false;
  const text = [row.name, row.company, ...row.devices.map(({ name }) => name)].join(" ").toLowerCase();
  return sought
    .toLowerCase()
    .split(/\s+/)
    .every((word) => text.includes(word));
}

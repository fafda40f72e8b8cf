import type { Hours, Office, OfficeHours } from "../protocol/wire";
import { wholeTime } from "./time";

/** The days of a week as an administrator goes through them; 0 is Sunday. */
export const days: readonly { day: number; name: string }[] = [
  { day: 1, name: "Monday" },
  { day: 2, name: "Tuesday" },
  { day: 3, name: "Wednesday" },
  { day: 4, name: "Thursday" },
  { day: 5, name: "Friday" },
  { day: 6, name: "Saturday" },
  { day: 0, name: "Sunday" },
];

const most = 50; // Times in a week that the service keeps.

/** Whether somebody is always there: then no hours are kept. */
export const alwaysOpen = ({ zone }: OfficeHours): boolean => !zone;

/** The time zones that can be chosen; the one that is set is among them in any case. */
export function zones(set: string | undefined): string[] {
  return [...new Set([...(set ? [set] : []), "UTC", ...Intl.supportedValuesOf("timeZone")])].sort();
}

/** What a new time on a day begins as: nine to five, or after the last one that is there. */
export function nextHours(week: readonly Hours[], day: number): Hours {
  const last = week
    .filter((one) => one.day === day)
    .map(({ to }) => to)
    .sort()
    .at(-1);
  if (last === undefined) return { day, from: "09:00", to: "17:00" };
  return { day, from: last < "23:00" ? last : "23:00", to: "24:00" };
}

/** What is wrong with one time; empty when nothing is. */
export function hoursComplaint({ from, to }: Hours): string {
  if (from === "" || to === "") return "Enter both times.";
  return from < to ? "" : "The end comes after the beginning.";
}

/** The days in a text, such as 2026-12-25; undefined where something else stands there. */
export function holidaysOf(text: string): string[] | undefined {
  const list = text.split(/[\s,;]+/).filter(Boolean);
  const real = (day: string): boolean =>
    /^\d{4}-\d{2}-\d{2}$/.test(day) && new Date(`${day}T00:00Z`).toISOString().startsWith(day);
  return list.every((day) => !Number.isNaN(Date.parse(day)) && real(day))
    ? [...new Set(list)].sort()
    : undefined;
}

/** What is wrong with office hours; empty when nothing is. */
export function officeComplaint(hours: OfficeHours): string {
  if (alwaysOpen(hours)) return "";
  const week = hours.week ?? [];
  if (week.length === 0) return "Enter when you are open on some day, or choose that you are always open.";
  if (week.length > most) return `There is room for ${most} times in a week.`;
  return week.some((one) => hoursComplaint(one) !== "") ? "Some of the times are not right yet." : "";
}

/** What holds now, by what was saved last. */
export function officeWords({ open, until }: Office): string {
  const state = open ? "You are open now" : "You are closed now";
  return until === undefined ? `${state}.` : `${state}, until ${wholeTime(until)} by this computer's clock.`;
}

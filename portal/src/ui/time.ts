/**
 * A running time as a clock shows it: 00:23, 59:59, 1:02:03.
 * @param milliseconds how long; less than nothing counts as nothing
 */
export function runningTime(milliseconds: number): string {
  const all = Math.max(0, Math.floor(milliseconds / 1000));
  const two = (n: number): string => String(n).padStart(2, "0");
  const hours = Math.floor(all / 3600);
  const rest = `${two(Math.floor(all / 60) % 60)}:${two(all % 60)}`;
  return hours > 0 ? `${hours}:${rest}` : rest;
}

/** A length of time in words: "2 minutes", "1 hour 5 minutes". Under a minute it counts seconds. */
export function spokenTime(seconds: number): string {
  const many = (n: number, unit: string): string => `${n} ${unit}${n === 1 ? "" : "s"}`;
  if (seconds < 60) return many(seconds, "second");
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return many(minutes, "minute");
  const left = minutes % 60;
  const hours = many(Math.floor(minutes / 60), "hour");
  return left === 0 ? hours : `${hours} ${many(left, "minute")}`;
}

const ago = new Intl.RelativeTimeFormat("en", { numeric: "auto" });

/** How long ago something was: "just now", "5 minutes ago", "3 hours ago", "yesterday", "12 days ago". */
export function agoWords(at: number, now: number): string {
  const minutes = Math.floor(Math.max(0, now - at) / 60_000);
  if (minutes === 0) return "just now";
  if (minutes < 60) return ago.format(-minutes, "minute");
  const days = Math.round((midnight(now) - midnight(at)) / 86_400_000);
  return days === 0 || minutes < 6 * 60
    ? ago.format(-Math.floor(minutes / 60), "hour")
    : ago.format(-days, "day");
}

const clock = new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit" });
const whole = new Intl.DateTimeFormat(undefined, { dateStyle: "full", timeStyle: "medium" });
const day = new Intl.DateTimeFormat(undefined, { weekday: "long", day: "numeric", month: "long" });
const oldDay = new Intl.DateTimeFormat(undefined, { day: "numeric", month: "long", year: "numeric" });

/** The hour and minute at the reader's place. */
export const localTime = (at: number): string => clock.format(at);

/** Day and time to the second at the reader's place. */
export const wholeTime = (at: number): string => whole.format(at);

/** When somebody will be there again, in a sentence; empty where nobody knows. */
export function openingWords(at: number | undefined, now: number): string {
  if (at === undefined) return "";
  const when = dayName(at, now);
  const on =
    when === "Today" ? "today" : midnight(at) - midnight(now) < 1.5 * 86_400_000 ? "tomorrow" : `on ${when}`;
  return `We are back ${on} at ${localTime(at)}.`;
}

/** Whether both times fall on one day at the reader's place. */
export const sameDay = (a: number, b: number): boolean => midnight(a) === midnight(b);

/** The day at the reader's place, as one says it on the day of `now`. */
export function dayName(at: number, now: number): string {
  const days = Math.round((midnight(now) - midnight(at)) / 86_400_000);
  if (days === 0) return "Today";
  if (days === 1) return "Yesterday";
  return (days > 300 ? oldDay : day).format(at);
}

function midnight(at: number): number {
  return new Date(at).setHours(0, 0, 0, 0);
}

const second = 1000;
const units = [
  ["day", 86_400 * second],
  ["hour", 3600 * second],
  ["minute", 60 * second],
] as const;

/** A stretch of time in its largest unit: "2 hours", "1 minute", "less than a minute". */
export function elapsedWords(milliseconds: number): string {
  for (const [unit, length] of units) {
    const count = Math.floor(milliseconds / length);
    if (count > 0) return `${count} ${unit}${count === 1 ? "" : "s"}`;
  }
  return "less than a minute";
}

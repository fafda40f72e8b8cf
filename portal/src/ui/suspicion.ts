import { luhn } from "./luhn";

interface Suspect {
  what: string;
  found: (text: string) => boolean;
}

const has =
  (pattern: RegExp) =>
  (text: string): boolean =>
    pattern.test(text);

// Patterns that hardly ever meet what is not meant. None of them can take long: no repetition stands in another.
const suspects: readonly Suspect[] = [
  { what: "a private key", found: has(/-----BEGIN (?:[A-Z0-9]+ ){0,4}PRIVATE KEY/) },
  { what: "an AWS key", found: has(/\b(?:AKIA|ASIA)[A-Z0-9]{16}\b/) },
  { what: "an access token", found: has(/\beyJ[\w-]{8,}\.eyJ[\w-]{8,}\.[\w-]{8,}/) },
  {
    what: "an access token",
    found: has(/\b(?:gh[opsu]_\w{36}|github_pat_\w{22}|xox[abp]-[\w-]{10,}|glpat-[\w-]{20})/),
  },
  {
    what: "a password",
    found: has(
      /\b(?:pass(?:word|wort|phrase|code|wd)|pwd|pin|secret|api[ _-]?key)(?: ?[:=] ?\S{4}| is (?=\S*\d)\S{4})/i,
    ),
  },
  { what: "a card number", found: cardNumber },
];

/** What a text seems to hold that should not stay in a history: "a password"; undefined where nothing does. */
export function suspicion(text: string): string | undefined {
  return suspects.find(({ found }) => found(text))?.what;
}

// 13 to 19 digits, in groups or not, whose check digit is right (ISO/IEC 7812).
function cardNumber(text: string): boolean {
  const runs = text.match(/(?<![\d-])[3-6]\d{3}[ -]?(?:\d[ -]?){8,14}\d(?![\d-])/g) ?? [];
  return runs.map((run) => run.replace(/\D/g, "")).some((digits) => digits.length <= 19 && luhn(digits));
}

import { describe, expect, it } from "vitest";
import { suspicion } from "./suspicion";

describe("What looks like a secret (N14)", () => {
  it.each([
    ["-----BEGIN OPENSSH PRIVATE KEY-----\nb3BlbnNz", "a private key"],
    ["-----BEGIN PRIVATE KEY-----", "a private key"],
    ["use AKIAIOSFODNN7EXAMPLE for it", "an AWS key"],
    [
      "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.dozjgNryP4J3jVmNHl0w5N_XgL0n3I9PlFUP0THsR8U",
      "an access token",
    ],
    [`ghp_${"a1B2".repeat(9)}`, "an access token"],
    ["password: hunter2", "a password"],
    ["My Password = correct-horse", "a password"],
    ["pwd:abcd", "a password"],
    ["the password is Summer2026", "a password"],
    ["PIN: 4711", "a password"],
    ["api_key=0123456789", "a password"],
    ["4111 1111 1111 1111", "a card number"],
    ["My card is 5500-0000-0000-0004.", "a card number"],
    ["378282246310005", "a card number"],
  ])("is %j", (text, what) => {
    expect(suspicion(text)).toBe(what);
  });

  it.each([
    "I forgot my password",
    "The password is wrong.",
    "The password is incorrect, can you reset it?",
    "Your PIN is invalid",
    "Ticket 4111 1111 1111 1112", // The check digit is wrong.
    "Call me at +44 20 7946 0123",
    "1790000000000", // A time.
    "5d0c2c9e-8f43-4a4e-9d0b-0f6f6f0a8b11",
    "-----BEGIN CERTIFICATE-----",
    "https://example.com/reset?step=2",
    "AKIA is how they begin",
    "compass: north-east",
    "",
  ])("is not %j", (text) => {
    expect(suspicion(text)).toBeUndefined();
  });

  it("is found at once in whatever is pasted", () => {
    for (const part of ["password ", "4 4-", "-----BEGIN A ", "eyJ.", "pin: "]) {
      const began = performance.now();
      suspicion(part.repeat(4096));
      expect(performance.now() - began, part).toBeLessThan(500);
    }
  });
});

import { expect, it } from "vitest";
import { showSigns } from "./page-signs";

it("The page's tab has a number and a dot while something waits (P1)", () => {
  document.head.innerHTML = '<link rel="icon" href="/parley.svg" />';
  const icon = (): string | null | undefined => document.querySelector("link")?.getAttribute("href");
  showSigns("Alice Archer – Help", 2);
  expect([document.title, icon()]).toEqual(["(2) Alice Archer – Help", "/parley-dot.svg"]);
  showSigns("Help", 0);
  expect([document.title, icon()]).toEqual(["Help", "/parley.svg"]);
});

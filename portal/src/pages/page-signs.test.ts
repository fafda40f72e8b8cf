import { expect, it } from "vitest";
import { showCount } from "./page-signs";

it("The page's tab has a number and a dot while something waits (P1)", () => {
  document.head.innerHTML = '<link rel="icon" href="/parley.svg" />';
  const icon = (): string | null | undefined => document.querySelector("link")?.getAttribute("href");
  showCount(2);
  expect([document.title, icon()]).toEqual(["(2) Parley", "/parley-dot.svg"]);
  showCount(0);
  expect([document.title, icon()]).toEqual(["Parley", "/parley.svg"]);
});

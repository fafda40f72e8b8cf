import { expect, test, type Page } from "@playwright/test";
import { Parley } from "./parley";

// The administrator's page on all of Parley: the compiled functions, the table, real browsers.

let parley: Parley;

test.beforeAll(async () => {
  parley = await Parley.start();
});

test.afterAll(() => parley.stop());

async function opens(page: Page, path: string): Promise<void> {
  await page.goto(`${parley.url}${path}`);
}

test("what an administrator sets for a company holds there, and is listed (A2, A6, I1)", async ({
  browser,
}) => {
  const dave = await (await browser.newContext()).newPage();
  await opens(dave, "/contact/?as=dave");
  await expect(dave.getByRole("heading", { name: /How can we help/ })).toBeVisible();

  const alice = await (await browser.newContext()).newPage();
  await opens(alice, "/admin/?as=alice#/company");
  await alice.getByRole("button", { name: "Change globex" }).click(); // Learned from Dave's token.
  await alice.getByLabel("Chat without a ticket").selectOption("Off");
  await alice.getByRole("button", { name: "Save", exact: true }).click();
  await expect(alice.getByText("Chat without a ticket: off")).toBeVisible();

  await expect(async () => {
    await dave.reload();
    await expect(dave.getByText(/Asking for help by chat is turned off/)).toBeVisible({ timeout: 1_000 });
  }).toPass({ timeout: 15_000 });

  await alice.getByRole("link", { name: "Open globex" }).click();
  await expect(alice.getByRole("button", { name: "Change Dave Miller" })).toBeVisible();
  await alice.getByRole("link", { name: "Audit", exact: true }).click();
  await expect(alice.getByText("preTicket: – → off")).toBeVisible();
});

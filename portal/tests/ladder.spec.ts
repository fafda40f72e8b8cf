import type { Page } from "@playwright/test";
import { expect, test, type Chat, type Person } from "./story";

test.describe.configure({ timeout: 60_000 });

/** The notifications that a page has shown, each with its title and text. */
async function notifications(one: Person): Promise<string[]> {
  return one.page.evaluate(() => (globalThis as unknown as { shown: string[] }).shown);
}

/** Notes what notifications the page shows; the browser of a test shows them to nobody. */
function listen(): void {
  const shown: string[] = [];
  Object.assign(globalThis, { shown });
  globalThis.Notification = class extends Notification {
    constructor(title: string, options?: NotificationOptions) {
      super(title, options);
      shown.push(`${title}: ${options?.body ?? ""}`);
    }
  };
}

/** Lets a page believe that its browser was never asked about notifications. */
function neverAsked(): void {
  Object.defineProperty(Notification, "permission", { get: () => "default" });
}

/** Hides a page, as another tab in front of it does, or shows it again. */
async function hides(page: Page, hidden: boolean): Promise<void> {
  await page.evaluate((is) => {
    Object.defineProperty(document, "hidden", { configurable: true, get: () => is });
    const state = is ? "hidden" : "visible";
    Object.defineProperty(document, "visibilityState", { configurable: true, get: () => state });
    document.dispatchEvent(new Event("visibilitychange"));
  }, hidden);
}

const reach = (chat: Chat): ReturnType<Chat["window"]["locator"]> => chat.window.locator(".reach");

test("a technician sees by what a contact who looks elsewhere was called, and that they have seen it (N17, C23, P1)", async ({
  talk,
}) => {
  const { alice, dave } = await talk();
  const hers = alice.chat("Dave Miller");
  await dave.context.grantPermissions(["notifications"]);
  await dave.page.evaluate(listen);
  await hers.says("Good morning.");
  await expect(reach(hers)).toContainText("Seen by Dave Miller");

  await hides(dave.page, true);
  await hers.says("Are you still there?");
  await expect(reach(hers)).toContainText("Notification shown");
  await expect(reach(hers)).toHaveAttribute(
    "title",
    /^Delivered\. Dave Miller's window was hidden; a notification was shown at /,
  );
  expect(await notifications(dave)).toEqual(["Alice Archer: Are you still there?"]);
  expect(await dave.page.title()).toMatch(/^\(1\) /);
  await expect(dave.page.locator("link[rel=icon]")).toHaveAttribute("href", "/parley-dot.svg");

  await hers.window.getByRole("button", { name: /nudge|attention/i }).click();
  await expect
    .poll(() => notifications(dave))
    .toContainEqual(expect.stringContaining("asks for your attention"));

  await hides(dave.page, false);
  await expect(reach(hers)).toContainText("Seen by Dave Miller");
  await expect.poll(() => dave.page.title()).not.toMatch(/^\(/);
});

test("a contact who does not look is told that a technician has begun a chat (C23)", async ({
  contact,
  technician,
}) => {
  const dave = await contact();
  const alice = await technician();
  await dave.context.grantPermissions(["notifications"]);
  await dave.page.evaluate(listen);
  await hides(dave.page, true);
  await alice.button("Chat with Dave Miller").click();
  await expect
    .poll(() => notifications(dave))
    .toEqual(["Alice Archer has opened a chat with you: It is open on the page."]);
});

test("a contact is asked for notifications only when they have a chat, and press the button (C23)", async ({
  contact,
  technician,
}) => {
  const dave = await contact();
  await dave.page.evaluate(neverAsked);
  await expect(dave.page.getByRole("heading", { name: /How can we help/ })).toBeVisible();
  await expect(dave.button("Notify me when this page is hidden")).toHaveCount(0);
  const alice = await technician();
  await alice.button("Chat with Dave Miller").click();
  await expect(dave.button("Notify me when this page is hidden")).toBeVisible();
  await dave.button("Not now").click();
  await expect(dave.button("Notify me when this page is hidden")).toHaveCount(0);
});

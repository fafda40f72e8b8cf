import type { Browser } from "@playwright/test";
import { Person, expect, flows, test } from "./story";

test.describe.configure({ timeout: 60_000 });

/** A browser of somebody who has no account. */
async function stranger(browser: Browser, at: string): Promise<Person> {
  return Person.signsIn(browser, at, { firewall: false, renewAfter: undefined });
}

/** Makes a code or a link on the technician's page, and reads what it shows. */
async function invites(alice: Person, how: RegExp): Promise<string> {
  await alice.button("Invite somebody").click();
  await alice.page.getByRole("radio", { name: how }).check();
  await alice.button("Invite").click();
  return alice.page.locator("#made").innerText();
}

test("somebody comes by a code that is read aloud, allows, and both write (A13, C9, C11, D4)", async ({
  technician,
  browser,
  parley,
}) => {
  const alice = await technician();
  const code = await invites(alice, /By a code/);
  expect(code).toMatch(/^[0-9A-Z]{4}-[0-9A-Z]{4}$/);
  await alice.button("Close").click();
  await expect(alice.page.getByText("Waiting for somebody to come by the code")).toBeVisible();

  const gwen = await stranger(browser, `${parley.url}/join/`);
  await gwen.page.getByLabel("Code").fill(code.toLowerCase());
  await gwen.page.getByLabel("Your name").fill("Gwen Hill");
  await gwen.page.getByLabel(/Name of this computer/).fill("Reception PC");
  await gwen.button("Join").click();
  await expect(gwen.page.getByRole("heading", { name: /May Alice Archer chat with you/ })).toBeVisible();
  await gwen.page.reload(); // The same browser goes on.
  await gwen.button("Accept").click();

  const chat = alice.chat("Gwen Hill (guest)");
  await chat.says("Good morning, Gwen.");
  await gwen.chat().shows("Good morning, Gwen.");
  await gwen.chat().says("Good morning.");
  await chat.shows("Good morning, Gwen.", "Good morning.");
  await expect(chat.window.getByText("On-demand device", { exact: true })).toBeAttached();
  await expect(chat.window.getByText("Reception PC").first()).toBeVisible();
  const list = alice.page.getByRole("list", { name: "On-demand sessions" });
  await expect(list).toContainText("Gwen Hill (guest)");

  const mallory = await stranger(browser, `${parley.url}/join/`);
  await mallory.page.getByLabel("Code").fill(code);
  await mallory.page.getByLabel("Your name").fill("Mallory");
  await mallory.button("Join").click();
  await expect(mallory.page.getByText("This code does not work.")).toBeVisible();

  await gwen.chat().chooses("End session");
  await gwen.button("End session").click();
  await expect(gwen.page.getByText("This session has ended.")).toBeVisible();
  await expect(chat.window.getByText("Gwen Hill (guest) ended the session")).toBeVisible();
  await gwen.chat().window.getByRole("button", { name: "Leave", exact: true }).click();
  await expect(gwen.page.getByRole("heading", { name: "This session is over" })).toBeVisible();
});

test("a guest follows a link once, is named as a guest, calls, and leaves (E9, N11)", async ({
  technician,
  browser,
}) => {
  const alice = await technician();
  const link = await invites(alice, /By a link/);
  expect(link).toMatch(/\/join\/#[\w-]{24}$/);
  await alice.button("Close").click();

  const gwen = await stranger(browser, link);
  await gwen.page.getByLabel("Your name").fill("Gwen");
  await gwen.button("Join").click();
  await gwen.chat().says("Here I am.");
  await alice.chat("Gwen (guest)").shows("Here I am.");

  const mallory = await stranger(browser, link);
  await mallory.page.getByLabel("Your name").fill("Mallory");
  await mallory.button("Join").click();
  await expect(mallory.page.getByText("This link does not work.")).toBeVisible();

  await alice.chat("Gwen (guest)").window.getByRole("button", { name: "Video call Gwen (guest)" }).click();
  await gwen.button("Accept").click();
  for (const one of [alice, gwen]) await flows(one, "framesDecoded");
  await alice.button("Hang up").click();

  await gwen.chat().chooses("Leave session");
  await expect(gwen.page.getByRole("heading", { name: "This session is over" })).toBeVisible();
  await expect(alice.chat("Gwen (guest)").window.getByText("Gwen (guest) has left")).toBeVisible();
});

test("what is withdrawn works no more (C12)", async ({ technician, browser, parley }) => {
  const alice = await technician();
  const code = await invites(alice, /By a code/);
  await alice.button("Withdraw").click();
  await expect(alice.page.getByText("The invitation is withdrawn.")).toBeVisible();
  const gwen = await stranger(browser, `${parley.url}/join/`);
  await gwen.page.getByLabel("Code").fill(code);
  await gwen.page.getByLabel("Your name").fill("Gwen");
  await gwen.button("Join").click();
  await expect(gwen.page.getByText("This code does not work.")).toBeVisible();
});

test("a guest is invited into a chat that goes on, and leaves it (N11)", async ({ talk, browser }) => {
  const { alice, dave } = await talk();
  await alice.chat("Dave Miller").says("I ask a colleague of yours to join us.");
  await alice.chat("Dave Miller").chooses("Invite somebody by a link");
  const link = await alice.page.locator("#made").innerText();
  const gwen = await stranger(browser, link);
  await gwen.page.getByLabel("Your name").fill("Gwen");
  await gwen.button("Join").click();
  await gwen.chat().says("Here I am.");
  await expect(alice.page.locator("#made")).toBeHidden(); // She has come.
  await dave.chat().shows("I ask a colleague of yours to join us.", "Here I am.");
  await expect(dave.chat().window.getByText("Gwen (guest) has joined")).toBeVisible();
  await gwen.chat().chooses("Leave session");
  await expect(dave.chat().window.getByText("Gwen (guest) has left")).toBeVisible();
  await alice.chat("Dave Miller").says("And now we two.");
  await dave.chat().shows("I ask a colleague of yours to join us.", "Here I am.", "And now we two.");
});

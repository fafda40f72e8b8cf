import type { Page } from "@playwright/test";
import { Chat, expect, test } from "./story";

test.describe.configure({ timeout: 60_000 });

test("a technician finds a contact in the roster, and both write (B1, C1, C13, D6, D7)", async ({
  technician,
  contact,
}) => {
  const dave = await contact();
  const alice = await technician();
  await alice.button("Chat with Dave Miller").click();

  const hers = alice.chat("Dave Miller");
  await hers.says("Good morning, Dave.");
  const his = dave.chat();
  await his.shows("Good morning, Dave.");
  await his.says("My printer is on fire.");
  await hers.shows("Good morning, Dave.", "My printer is on fire.");
  await expect(his.log).toContainText("Alice Archer");
  await expect(his.log).toContainText("You");
});

test("a contact asks for help, and the technician who hears of it joins (C4, C24, D5)", async ({
  technician,
  contact,
}) => {
  const alice = await technician();
  const dave = await contact();
  await dave.asks("My printer is on fire.");
  await alice.button("Answer Dave Miller").first().click();
  await expect(dave.chat().log).toContainText("Alice Archer has joined");
  await alice.chat("Dave Miller").says("Step away from it.");
  await dave.chat().shows("Step away from it.");
});

test("a technician holds several chats at once (C3)", async ({ technician, contact, signsIn }) => {
  const dave = await contact();
  const carol = await signsIn("contact", "carol");
  const alice = await technician();
  await alice.button("Chat with Dave Miller").click();
  await alice.chat("Dave Miller").says("Hello Dave.");
  await alice.button("Chat with Carol Jones").click();
  await alice.chat("Carol Jones").says("Hello Carol.");
  await dave.chat().shows("Hello Dave.");
  await carol.chat().shows("Hello Carol.");
  await carol.chat().says("Hello Alice.");
  await alice.chat("Carol Jones").shows("Hello Carol.", "Hello Alice.");
  await alice.chat("Dave Miller").shows("Hello Dave.");
});

test("each chat opens in a browser window of its own, where the technician wants that (D23)", async ({
  technician,
  contact,
  signsIn,
}) => {
  const dave = await contact();
  await signsIn("contact", "carol");
  const alice = await technician();
  await alice.page.evaluate(() => localStorage.setItem("parley.preferences", '{"ownWindow":true}'));
  const opens = async (name: string): Promise<Page> => {
    const opened = alice.context.waitForEvent("page");
    await alice.button(`Chat with ${name}`).click();
    return opened;
  };
  const first = await opens("Dave Miller");
  const second = await opens("Carol Jones");
  const own = (page: Page, name: string): Chat =>
    new Chat(page.getByRole("region", { name: `Chat with ${name}` }));
  await own(first, "Dave Miller").says("In a window of its own.");
  await dave.chat().shows("In a window of its own.");
  await expect(own(second, "Carol Jones").field).toBeVisible();
  await expect(alice.chat().window).toHaveCount(0);
});

test("a chat is a pane beside another page, which the button Chat closes and opens (C10, D20)", async ({
  talk,
}) => {
  const { alice, dave } = await talk();
  const opened = alice.context.waitForEvent("page");
  await alice.chat().window.getByRole("button", { name: "Open in a window of its own" }).click();
  const page = await opened;
  await page.goto(`${page.url()}&beside=/parley.svg`);
  const pane = new Chat(page.getByRole("region", { name: "Chat with Dave Miller" }));
  await pane.says("Beside your screen.");
  await dave.chat().shows("Beside your screen.");
  await page.getByRole("button", { name: "Chat", exact: true }).click();
  await expect(pane.window).toBeHidden();
  await dave.chat().says("I see it.");
  await page.getByRole("button", { name: "Chat 1 new" }).click();
  await pane.shows("Beside your screen.", "I see it.");
});

test("a second technician joins, and sees what was said before (B17, C5)", async ({
  technician,
  signsIn,
}) => {
  const carol = await signsIn("contact", "carol");
  const alice = await technician();
  const bob = await signsIn("technician", "bob");
  await alice.button("Chat with Carol Jones").click();
  await alice.chat("Carol Jones").says("I have asked Bob to help us.");
  await bob.button("Join session of Carol Jones").click();
  await bob.chat("Carol Jones").shows("I have asked Bob to help us.");
  await bob.chat("Carol Jones").says("Here I am.");
  for (const one of [carol, alice]) await one.chat().shows("I have asked Bob to help us.", "Here I am.");
  await expect(carol.chat().log).toContainText("Bob Baker has joined");
});

test("each sees when the other types (D9)", async ({ talk }) => {
  const { alice, dave } = await talk();
  const typing = alice.chat().window.getByRole("status", { name: "Typing" });
  await dave.chat().field.pressSequentially("I have");
  await expect(typing).toContainText("Dave Miller");
  await dave.chat().says("I have a question.");
  await expect(typing).toBeEmpty();
});

test("Shift+Enter breaks the line, Enter sends (D8)", async ({ talk }) => {
  const { alice, dave } = await talk();
  const { field } = dave.chat();
  await field.fill("First");
  await field.press("Shift+Enter");
  await field.pressSequentially("second");
  await field.press("Enter");
  await alice.chat().shows("First\nsecond");
});

test("after the end nobody writes any more (F1, F2, F4, F12)", async ({ talk }) => {
  const { alice, dave } = await talk();
  await alice.chat().says("Good bye, Dave.");
  await dave.chat().shows("Good bye, Dave.");
  await alice.chat().chooses("End session");
  await alice.page.getByRole("dialog").getByRole("button", { name: "End session" }).click();
  for (const one of [alice, dave]) {
    await expect(one.chat().window).toContainText("This session has ended");
    await expect(one.chat().field).toHaveCount(0);
    await one.chat().shows("Good bye, Dave.");
    await expect(one.chat().window.getByRole("button", { name: "Leave", exact: true })).toBeVisible();
  }
  await alice.chat().window.getByRole("button", { name: "Leave this chat" }).click();
  await expect(alice.chat().window).toHaveCount(0);
  await dave.chat().window.getByRole("button", { name: "Leave", exact: true }).click();
  await expect(dave.chat().window).toHaveCount(0);
});

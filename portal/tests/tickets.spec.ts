import { expect, test, type Person } from "./story";

test.describe.configure({ timeout: 90_000 });

/** The list of tickets at a technician, opened. */
async function opensTickets(one: Person): Promise<ReturnType<Person["page"]["getByRole"]>> {
  await one.page.getByRole("heading", { name: "Tickets" }).click();
  return one.page.getByRole("list", { name: "Tickets" });
}

/** Hides a page, as another tab in front of it does, and notes what notifications it shows from then on. */
function hides(): void {
  const shown: string[] = [];
  Object.assign(globalThis, { shown });
  globalThis.Notification = class extends Notification {
    constructor(title: string, options?: NotificationOptions) {
      super(title, options);
      shown.push(title);
    }
  };
  Object.defineProperty(document, "hidden", { configurable: true, get: () => true });
  document.dispatchEvent(new Event("visibilitychange"));
}

/** Confirms in the dialog that is open. */
async function confirms(one: Person, label: string, text: string, action: string): Promise<void> {
  const dialog = one.page.getByRole("dialog");
  await dialog.getByLabel(label).fill(text);
  await dialog.getByRole("button", { name: action }).click();
  await expect(dialog).toHaveCount(0);
}

test("a problem is a ticket from its first word, closed with the chat, and followed up by a push (C18-C23, F3, F14)", async ({
  technician,
  contact,
}) => {
  const alice = await technician();
  const dave = await contact();
  const tickets = await opensTickets(alice);
  await expect(alice.page.getByText("No ticket is open.")).toBeVisible();

  await dave.asks("The printer prints every page twice.");
  await expect(tickets).toContainText("The printer prints every page twice.");
  await expect(tickets).toContainText("Dave Miller");
  await alice.button("Answer Dave Miller").click();
  await alice.chat("Dave Miller").says("I look at it.");
  await dave.chat().shows("I look at it.");

  await alice.chat("Dave Miller").chooses("End session");
  await alice.page.getByRole("dialog").getByRole("checkbox").check();
  await confirms(alice, "Closing note (optional)", "Set to one side.", "End session");
  await expect(alice.page.getByText("No ticket is open.")).toBeVisible();
  await alice.page.getByLabel("Which tickets").selectOption("closed");
  await expect(tickets).toContainText("Closed by Alice Archer just now: Set to one side.");

  await alice.button(/^Look into ticket/).click();
  await alice.button(/^Read the session of/).click();
  await expect(tickets.getByRole("list", { name: "Messages of Dave Miller" })).toContainText("I look at it.");

  await alice.button(/^Reopen ticket/).click();
  await expect(alice.page.getByText("No closed ticket is kept.")).toBeVisible();
  await alice.page.getByLabel("Which tickets").selectOption("open");
  await dave.page.reload(); // On a page without a chat.
  await expect(tickets).toContainText("Online");
  await dave.context.grantPermissions(["notifications"]);
  await dave.page.evaluate(hides);
  await alice.button(/^Chat with Dave Miller about ticket/).click();
  await expect(dave.chat().window).toBeVisible();
  await expect
    .poll(() => dave.page.evaluate(() => (globalThis as unknown as { shown: string[] }).shown))
    .toContain("Alice Archer has opened a chat with you");
  await alice.chat("Dave Miller").says("Does it still?");
  await dave.chat().shows("Does it still?");
});

test("a contact chats about an open ticket of theirs, and is not drawn into one while offline (C19, C20)", async ({
  technician,
  contact,
}) => {
  const dave = await contact();
  const alice = await technician();
  const tickets = await opensTickets(alice);
  await alice.button("New ticket for Dave Miller").click();
  await confirms(alice, "Subject", "A new laptop", "Open ticket");
  const chat = alice.button(/^Chat with Dave Miller about ticket/);
  await expect(tickets).toContainText("A new laptop");
  await expect(chat).toBeEnabled();
  await dave.button(/^Chat about ticket .* A new laptop$/).click();
  await expect(tickets).toContainText("Somebody waits with it.");
  await alice.button("Answer Dave Miller").click();
  await expect(alice.button(/^Show the chat about ticket/)).toBeVisible();
  await alice.chat("Dave Miller").chooses("End session");
  await confirms(alice, "Closing note (optional)", "", "End session");
  await dave.page.close();
  await expect(tickets).toContainText("Dave Miller is offline. A chat can be started once they are online.");
  await expect(chat).toBeDisabled();
  await alice.button(/^Close ticket/).click();
  await confirms(alice, "Closing note (optional)", "", "Close ticket");
  await expect(alice.page.getByText("No ticket is open.")).toBeVisible();
});

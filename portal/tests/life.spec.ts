import { expect, test } from "./story";

test.describe.configure({ timeout: 60_000 });

/** Hours in which it is always closed just now. */
function closed(): { zone: string; week: { day: number; from: string; to: string }[] } {
  return { zone: "Etc/UTC", week: [{ day: (new Date().getUTCDay() + 3) % 7, from: "09:00", to: "17:30" }] };
}

test.describe("where users of devices are asked first", () => {
  test.beforeEach(({ sets }) => sets({ askManaged: true }));

  test("nothing begins before the contact accepts (A13, A14, C11, C13, N16)", async ({
    technician,
    signsIn,
  }) => {
    const carol = await signsIn("contact", "carol");
    const alice = await technician();
    await alice.button("Chat with Carol Jones").click();
    await expect(alice.page.getByText("Connecting to Carol Jones…")).toBeVisible();
    await expect(carol.page.getByRole("heading", { name: /May Alice Archer chat with you/ })).toBeVisible();
    await expect(carol.chat().window).toHaveCount(0);
    await carol.page.reload(); // It is still asked for.
    await carol.button("Accept").click();
    await alice.chat("Carol Jones").says("Good morning, Carol.");
    await carol.chat().shows("Good morning, Carol.");
    await carol.chat().says("Good morning.");
    await alice.chat("Carol Jones").shows("Good morning, Carol.", "Good morning.");
  });

  test("a contact who declines leaves no session (C12)", async ({ technician, signsIn }) => {
    const carol = await signsIn("contact", "carol");
    const alice = await technician();
    await alice.button("Chat with Carol Jones").click();
    await carol.button("Decline").click();
    const request = alice.page.getByRole("region", { name: "Request to Carol Jones" });
    await expect(request).toContainText("Carol Jones has declined.");
    await expect(carol.page.getByRole("heading", { name: /May Alice Archer/ })).toHaveCount(0);
    await expect(carol.chat().window).toHaveCount(0);
    await expect(alice.chat().window).toHaveCount(0);
  });

  test("what the technician withdraws can be accepted no more (C12)", async ({ technician, signsIn }) => {
    const carol = await signsIn("contact", "carol");
    const alice = await technician();
    await alice.button("Chat with Carol Jones").click();
    await expect(carol.button("Accept")).toBeVisible();
    await alice.button("Cancel").click();
    await expect(carol.button("Accept")).toHaveCount(0);
    const request = alice.page.getByRole("region", { name: "Request to Carol Jones" });
    await expect(request).toContainText("The request was withdrawn.");
  });
});

test("who waits knows their place, and the first to answer has the session (N20, P7)", async ({
  technician,
  signsIn,
}) => {
  const alice = await technician();
  const bob = await signsIn("technician", "bob");
  const carol = await signsIn("contact", "carol");
  await carol.asks("My screen is upside down.");
  await expect(carol.page.getByText("You are next")).toBeVisible();
  for (const one of [alice, bob]) await expect(one.button("Answer Carol Jones")).toBeVisible();
  await Promise.all([alice, bob].map((one) => one.button("Answer Carol Jones").click()));
  await expect(carol.chat().log).toContainText(/(Alice Archer|Bob Baker) has joined/);
  const joined = await carol
    .chat()
    .log.getByText(/has joined/)
    .allInnerTexts();
  expect(joined).toHaveLength(1);
  const [winner, loser, name] = joined[0]?.includes("Alice")
    ? ([alice, bob, "Alice Archer"] as const)
    : ([bob, alice, "Bob Baker"] as const);
  await expect(loser.page.getByText(`${name} has this session.`)).toBeVisible();
  await winner.chat("Carol Jones").says("Good morning.");
  await carol.chat().shows("Good morning.");
});

test("a colleague takes over, and hands on again (N20, P7)", async ({ technician, signsIn }) => {
  const carol = await signsIn("contact", "carol");
  const alice = await technician();
  const bob = await signsIn("technician", "bob");
  await alice.button("Chat with Carol Jones").click();
  await alice.chat().says("Bob knows more about this.");
  await bob.button("Join session with Carol Jones").click();
  const charge = (one: typeof bob): ReturnType<typeof bob.page.getByRole> =>
    one.page.getByRole("group", { name: "Who is in charge" });
  await charge(bob).getByRole("button", { name: "Take over" }).click();
  await bob.page.getByRole("dialog").getByRole("button", { name: "Take over" }).click();
  await expect(charge(bob)).toContainText("You are in charge");
  await expect(charge(alice)).toContainText("Bob Baker is in charge");

  await charge(bob).getByRole("button", { name: "Transfer" }).click();
  await bob.page.getByRole("dialog").getByText("Alice Archer").click();
  await bob.page.getByRole("dialog").getByRole("button", { name: "Transfer" }).click();
  await expect(charge(bob)).toContainText("Offered to Alice Archer");
  await charge(alice).getByRole("button", { name: "Take", exact: true }).click();
  await expect(charge(alice)).toContainText("You are in charge");
  await expect(charge(bob)).toContainText("Alice Archer is in charge");
  await carol.chat().shows("Bob knows more about this.");
});

test("outside office hours a contact leaves a number, and it is followed up (F7, F15-F21)", async ({
  technician,
  contact,
  sets,
}) => {
  await sets({ officeHours: closed() });
  const alice = await technician();
  const dave = await contact();
  await dave.asks("Nobody there?");
  await expect(dave.page.getByText("We are not there right now")).toBeVisible();
  await dave.button("Call me back").click();
  const dialog = dave.page.getByRole("dialog", { name: "Call me back" });
  await dialog.getByLabel("Your phone number").fill("+44 20 7946 0123");
  await dialog.getByLabel(/^Note/).fill("After four");
  await dialog.getByRole("button", { name: "Call me back" }).click();

  const number = alice.page.getByRole("link", { name: "Call +44 20 7946 0123" });
  await expect(number).toHaveAttribute("href", "tel:+442079460123");
  await expect(alice.page.getByText("After four")).toBeVisible();
  await alice.button(/^(End|Close).*Dave Miller/).click();
  await alice.page.getByRole("dialog").getByLabel(/note/i).fill("Called, fixed.");
  await alice.page
    .getByRole("dialog")
    .getByRole("button", { name: /^(End|Close)/ })
    .click();
  await expect(number).toHaveCount(0);
});

test("a request that is given up is listed as abandoned (F7, F13)", async ({ technician, contact, sets }) => {
  await sets({ officeHours: closed() });
  const alice = await technician();
  const dave = await contact();
  await dave.asks("Never mind");
  await dave.button("End my request").click();
  await expect(alice.page.getByRole("list", { name: "Abandoned" })).toContainText("Never mind");
});

test("technicians talk among themselves (C7)", async ({ technician, signsIn }) => {
  const bob = await signsIn("technician", "bob");
  const alice = await technician();
  await alice.button("Chat with Bob Baker").click();
  await alice.chat("Bob Baker").says("Lunch?");
  await bob.chat().shows("Lunch?");
  await bob.chat().says("At one.");
  await alice.chat("Bob Baker").shows("Lunch?", "At one.");
});

test("each message tells how far it has come (P4)", async ({ talk }) => {
  const { alice, dave } = await talk();
  const tick = (words: string): ReturnType<typeof alice.page.getByText> =>
    alice
      .chat()
      .log.getByLabel(words)
      .or(alice.chat().log.getByText(words, { exact: true }));
  await alice.chat().says("Read me");
  await expect(tick("Read by Dave Miller").first()).toBeVisible();
  await dave.context.setOffline(true);
  await alice.chat().says("Later");
  await expect(tick("Sent").first()).toBeVisible();
  await dave.context.setOffline(false);
  await expect(tick("Sent")).toHaveCount(0);
  await expect(tick("Read by Dave Miller")).toHaveCount(2);
});

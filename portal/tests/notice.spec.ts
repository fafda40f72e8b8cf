import { expect, test } from "./story";

test("A technician sends a message without a chat, and hears that it was read (D14)", async ({
  technician,
  contact,
}) => {
  const dave = await contact();
  const alice = await technician();
  await alice.button("Send Dave Miller a message without a chat").click();
  const writing = alice.page.getByRole("dialog", { name: "Send Dave Miller a message" });
  await writing.getByRole("textbox", { name: "Message" }).fill("The mail server restarts at 17:00.");
  await writing.getByRole("button", { name: "Send" }).click();
  await expect(alice.page.getByText("Your message is on the screen of Dave Miller.")).toBeVisible();
  await expect(writing).toBeHidden();

  const shown = dave.page.getByRole("dialog", { name: "Message from Alice Archer" });
  await expect(shown).toContainText("The mail server restarts at 17:00.");
  await shown.getByRole("button", { name: "OK" }).click();
  await expect(shown).toBeHidden();
  await expect(alice.page.getByText("Dave Miller has read your message.")).toBeVisible();
  await expect(dave.chat().window).toHaveCount(0);
});

test("A message without a chat from the menu of a chat stands in front of it (D14)", async ({ talk }) => {
  const { alice, dave } = await talk();
  await alice.chat().chooses("Send a message without a chat");
  await alice.page.getByRole("dialog").getByRole("textbox", { name: "Message" }).fill("Please look here.");
  await alice.page.getByRole("dialog").getByRole("button", { name: "Send" }).click();
  await dave.page
    .getByRole("dialog", { name: /^Message from/ })
    .getByRole("button", { name: "OK" })
    .click();
  await expect(alice.page.getByText("Dave Miller has read your message.")).toBeVisible();
  expect(await dave.chat().messages()).toEqual([]);
});

import { readFile } from "node:fs/promises";
import { expect, test } from "./story";

test.describe.configure({ timeout: 60_000 });

const password = "correct horse battery staple 9";

test("A password is shown once and stands in no copy of the chat (N14)", async ({ talk }) => {
  const { alice, dave } = await talk();
  const [hers, his] = [alice.chat("Dave Miller"), dave.chat()];
  await hers.says("Here is your new password.");
  await hers.window.getByRole("button", { name: "Add to the chat" }).click();
  await alice.page.getByRole("menuitem", { name: "Send as secret" }).click();
  await alice.page.getByLabel("Password, key or number").fill(password);
  await alice.button("Send secret").click();
  await expect(hers.log).toContainText("Can be shown once");

  await expect(his.log).toContainText("Secret from Alice Archer");
  await expect(his.log).not.toContainText(password);
  await his.window.getByRole("button", { name: "Show once" }).click();
  await dave.button("Show it now").click();
  await expect(dave.page.getByText(password)).toBeVisible();
  await expect(hers.log).toContainText(/Shown to Dave Miller at/);
  await dave.button("Done").click();
  await expect(his.log).toContainText(/Shown to you at/);

  for (const form of ["Save as text", "Save as a web page", "Save as JSON"]) {
    await his.window.getByRole("button", { name: "Save this chat" }).click();
    const [file] = await Promise.all([
      dave.page.waitForEvent("download"),
      dave.page.getByRole("menuitem", { name: form }).click(),
    ]);
    const text = await readFile(await file.path(), "utf8");
    expect(text).toContain("Here is your new password.");
    expect(text).not.toContain(password);
  }
  for (const { page } of [alice, dave]) {
    expect(await page.evaluate(() => JSON.stringify([sessionStorage, localStorage]))).not.toContain(password);
    expect(await page.content()).not.toContain(password);
  }
  await dave.page.reload();
  await expect(his.log).toContainText(/Shown to you at/);
  await expect(his.window.getByRole("button", { name: "Show once" })).toBeHidden();
});

test("What looks like a password is asked about before it is sent (N14)", async ({ talk }) => {
  const { alice, dave } = await talk();
  const hers = alice.chat("Dave Miller");
  await hers.field.fill("password: hunter2");
  await hers.field.press("Enter");
  await expect(hers.window.getByText("This looks like a password.")).toBeVisible();
  await alice.page.keyboard.press("Escape");
  await expect(hers.field).toBeFocused();
  await hers.field.press("Enter");
  await alice.page.keyboard.press("Enter"); // On "Send as secret".
  await expect(alice.page.getByLabel("Password, key or number")).toHaveValue("password: hunter2");
  await alice.button("Send secret").click();
  await expect(dave.chat().log).toContainText("Secret from Alice Archer");
  await expect(hers.field).toBeFocused();

  await hers.says("password: 12345");
  await alice.button("Send anyway").click();
  await dave.chat().shows("password: 12345");
});

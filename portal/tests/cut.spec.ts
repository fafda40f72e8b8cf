import { expect, test } from "./story";

test.describe.configure({ timeout: 60_000 });

test("a contact who reloads the page in the middle finds everything again (C6, N3)", async ({ talk }) => {
  const { alice, dave } = await talk();
  await dave.chat().says("one");
  await alice.chat().says("two");
  await dave.chat().shows("one", "two");
  await dave.page.reload();
  await alice.chat().says("three");
  await dave.chat().shows("one", "two", "three");
  await dave.chat().says("four");
  await alice.chat().shows("one", "two", "three", "four");
});

test("what is written without a network waits, and arrives once and in order (D28, N5)", async ({ talk }) => {
  const { alice, dave } = await talk();
  await dave.chat().says("before");
  await alice.chat().shows("before");

  await dave.context.setOffline(true);
  for (const text of ["one", "two", "three"]) await dave.chat().says(text);
  await expect(dave.chat().log.getByText("Waiting for the connection")).toHaveCount(3);
  await expect(alice.chat().window).toContainText(/disconnected/i);
  await alice.chat().says("Dave?");
  await dave.context.setOffline(false);

  await expect(dave.chat().log.getByText("Waiting for the connection")).toHaveCount(0);
  await alice.chat().shows("before", "Dave?", "one", "two", "three");
  await dave.chat().shows("before", "Dave?", "one", "two", "three");
});

test("what is written without a network even survives leaving the page (N5)", async ({ talk }) => {
  const { alice, dave } = await talk();
  const at = dave.page.url();
  await dave.context.setOffline(true);
  await dave.chat().says("one");
  await dave.chat().says("two");
  await dave.page.goto("about:blank");
  await dave.context.setOffline(false);
  await dave.page.goto(at);
  await alice.chat().shows("one", "two");
  await dave.chat().shows("one", "two");
});

test("what cannot be sent any more stays with whoever wrote it (N5, F2)", async ({ talk }) => {
  const { alice, dave } = await talk();
  const at = dave.page.url();
  await dave.context.setOffline(true);
  await dave.chat().says("It is the blue one.");
  await dave.page.goto("about:blank");
  await alice.chat().chooses("End session");
  await alice.page.getByRole("dialog").getByRole("button", { name: "End session" }).click();
  await dave.context.setOffline(false);
  await dave.page.goto(at);
  await expect(dave.chat().log).toContainText("It is the blue one.");
  await expect(dave.chat().log).toContainText("Not sent. This session is ended.");
  for (const name of ["Copy", "Try again", "Discard"]) {
    await expect(dave.chat().log.getByRole("button", { name })).toBeVisible();
  }
  await dave.chat().log.getByRole("button", { name: "Try again" }).click();
  await expect(dave.chat().log).toContainText("It is the blue one.");
});

test.describe("where the gateway cuts every connection after two seconds", () => {
  test.use({ environment: { PARLEY_MAX_AGE: "2s" } });

  test("both transcripts are the same: no gap, nothing twice, nothing out of order (N3)", async ({
    talk,
  }) => {
    const { alice, dave } = await talk();
    const hers = Array.from({ length: 24 }, (_, n) => `from Alice ${n}`);
    const his = Array.from({ length: 24 }, (_, n) => `from Dave ${n}`);
    const write = async (chat: ReturnType<typeof alice.chat>, lines: string[]): Promise<void> => {
      for (const [n, line] of lines.entries()) {
        await chat.says(line);
        // Some lines at once and some when the last has come, so that cuts fall anywhere.
        if (n % 4 === 0) await expect.poll(() => chat.messages(), { timeout: 20_000 }).toContain(line);
      }
    };
    await Promise.all([write(alice.chat(), hers), write(dave.chat(), his)]);
    await expect.poll(async () => (await alice.chat().messages()).length, { timeout: 30_000 }).toBe(48);
    const all = await alice.chat().messages();
    await expect.poll(() => dave.chat().messages(), { timeout: 30_000 }).toEqual(all);
    expect(all.filter((line) => line.includes("Alice"))).toEqual(hers);
    expect(all.filter((line) => line.includes("Dave"))).toEqual(his);
  });
});

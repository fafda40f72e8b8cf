import { connected, expect, flows, showsPath, test } from "./story";

test.describe.configure({ timeout: 60_000 });

test("a voice call rings, is accepted and goes directly (B4, E1, E4, N1)", async ({ talk }) => {
  const { alice, dave } = await talk();
  await alice.chat().window.getByRole("button", { name: "Call Dave Miller", exact: true }).click();
  await dave.button("Accept").click();
  for (const one of [alice, dave]) {
    await showsPath(one, "Direct (same network)");
    await flows(one, "audioBytes");
  }
  await dave.button("Hang up").click();
  for (const one of [alice, dave]) {
    await expect(one.button("Hang up")).toHaveCount(0);
    await expect(one.chat().log).toContainText("Dave Miller answered the call");
  }
});

test("a video call from the roster shows moving pictures on both sides (B4, E2, E4)", async ({
  technician,
  contact,
}) => {
  const dave = await contact();
  const alice = await technician();
  await alice.button("Video call Dave Miller").click();
  await dave.button("Accept").click();
  for (const one of [alice, dave]) {
    await showsPath(one, "Direct (same network)");
    await flows(one, "framesDecoded");
  }
});

test("a video call can take our TURN server alone, and says so (E3, N1)", async ({ talk }) => {
  const { alice, dave } = await talk("&relay");
  await alice.chat().window.getByRole("button", { name: "Video call Dave Miller" }).click();
  await dave.button("Accept").click();
  for (const one of [alice, dave]) {
    await showsPath(one, "Relayed through Parley");
    await flows(one, "framesDecoded");
  }
  await alice.button("Hang up").click();
  await expect(dave.chat().log).toContainText("Relayed through Parley");
});

test.describe("where no direct way is open", () => {
  test.use({ firewall: true });

  test("a call takes the relay by itself (E5)", async ({ talk }) => {
    const { alice, dave } = await talk();
    await alice.chat().window.getByRole("button", { name: "Video call Dave Miller" }).click();
    await dave.button("Accept").click();
    for (const one of [alice, dave]) {
      await showsPath(one, "Relayed through Parley");
      await flows(one, "framesDecoded");
    }
  });
});

test("a call can be declined, and the chat goes on", async ({ talk }) => {
  const { alice, dave } = await talk();
  await alice.chat().window.getByRole("button", { name: "Call Dave Miller", exact: true }).click();
  await dave.button("Decline").click();
  await expect(alice.chat().window).toContainText("Dave Miller declined the call.");
  await alice.chat().says("Later, then.");
  await dave.chat().shows("Later, then.");
});

test("a call can be taken back before it is answered", async ({ talk }) => {
  const { alice, dave } = await talk();
  await alice.chat().window.getByRole("button", { name: "Call Dave Miller", exact: true }).click();
  await expect(dave.button("Accept")).toBeVisible();
  await alice.button("Cancel call").click();
  await expect(dave.button("Accept")).toHaveCount(0);
});

test("a call rings on every page of the contact, and stops when one answers", async ({ talk }) => {
  const { alice, dave } = await talk();
  const second = await dave.context.newPage();
  await second.goto(dave.page.url());
  await alice.chat().window.getByRole("button", { name: "Call Dave Miller", exact: true }).click();
  await expect(dave.button("Accept")).toBeVisible();
  await second.getByRole("button", { name: "Accept" }).click();
  await expect(dave.button("Accept")).toHaveCount(0);
  await showsPath(alice, "Direct (same network)");
  await expect(dave.chat().window).toContainText("on another page");
});

test("a call ends for the other when one closes the page", async ({ talk }) => {
  const { alice, dave } = await talk();
  await alice.chat().window.getByRole("button", { name: "Call Dave Miller", exact: true }).click();
  await dave.button("Accept").click();
  await showsPath(alice, "Direct (same network)");
  await dave.page.close({ runBeforeUnload: true });
  await expect(alice.button("Hang up")).toHaveCount(0, connected);
  await expect(alice.chat().log).toContainText(/call ended/);
});

test.describe("where the gateway cuts every connection after three seconds", () => {
  test.use({ environment: { PARLEY_MAX_AGE: "3s" } });

  test("a call goes on", async ({ talk }) => {
    const { alice, dave } = await talk();
    await alice.chat().window.getByRole("button", { name: "Video call Dave Miller" }).click();
    await dave.button("Accept").click();
    const from = (await alice.receives()).framesDecoded;
    await expect
      .poll(async () => (await alice.receives()).framesDecoded - from, { timeout: 30_000 })
      .toBeGreaterThan(120);
    await showsPath(dave, "Direct (same network)");
    await dave.button("Hang up").click();
    await expect(alice.button("Hang up")).toHaveCount(0);
  });
});

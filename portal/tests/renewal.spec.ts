import { expect, test, type Person } from "./story";

/** How often each of the two connections is renewed; `make soak` says hundreds. Every one stands for two hours. */
const renewals = Number(process.env["PARLEY_SOAK"] ?? 3);
const renewAfter = 2_500;
const pace = renewals > 3 ? 2_000 : 0; // Between two lines, so that a long soak has no endless transcript.

test.describe.configure({ timeout: 60_000 + renewals * 3 * renewAfter });
test.use({ environment: { PARLEY_MAX_AGE: "6s", PARLEY_IDLE_TIMEOUT: "6s" }, renewAfter });

/** Looks at a page with every frame that it draws, from now on. */
async function watch(one: Person): Promise<{ renewals: () => number; seen: () => Promise<string[]> }> {
  let connections = 0;
  one.page.on("websocket", () => connections++);
  await one.page.evaluate(() => {
    const seen = new Set<string>();
    const elements = (root: Document | ShadowRoot): Element[] =>
      [...root.querySelectorAll("*")].flatMap((one) => [
        one,
        ...(one.shadowRoot ? elements(one.shadowRoot) : []),
      ]);
    const look = (): void => {
      for (const one of elements(document)) {
        const text = [...one.childNodes].map((node) => (node instanceof Text ? node.data : "")).join("");
        if (/connect/i.test(text) && one.checkVisibility()) seen.add(text.trim());
      }
      requestAnimationFrame(look);
    };
    Object.assign(globalThis, { seen });
    look();
  });
  const seen = (): Promise<string[]> =>
    one.page.evaluate(() => [...(globalThis as unknown as { seen: Set<string> }).seen]);
  return { renewals: () => connections, seen };
}

test("nobody ever sees a reconnect, and both transcripts are the same (N3, N4)", async ({ talk }) => {
  const { alice, dave } = await talk();
  const eyes = [await watch(alice), await watch(dave)];
  const lines: string[] = [];
  // A line each, until each has had so many more connections than the first.
  for (let n = 0; eyes.some((one) => one.renewals() < renewals); n++) {
    for (const one of [alice, dave]) {
      const line = `${one === alice ? "Alice" : "Dave"} ${n}`;
      lines.push(line);
      await one.chat().says(line);
    }
    await expect.poll(() => alice.chat().messages()).toContain(`Dave ${n}`);
    await alice.page.waitForTimeout(pace);
  }
  for (const one of [alice, dave]) await expect.poll(() => one.chat().messages()).toHaveLength(lines.length);
  const all = await alice.chat().messages();
  await dave.chat().shows(...all);
  expect([...all].sort()).toEqual([...lines].sort());
  for (const { seen } of eyes) expect(await seen()).toEqual(["Connected"]);
  const made = eyes.map((one) => one.renewals()).join(" and ");
  test.info().annotations.push({
    type: "soak",
    description: `${made} renewals, ${all.length} lines, 0 of them missing, doubled or out of order; nobody saw a reconnect`,
  });
});

test("a call goes on while its connections are renewed", async ({ talk }) => {
  const { alice, dave } = await talk();
  const eyes = [await watch(alice), await watch(dave)];
  await alice.chat().window.getByRole("button", { name: "Video call Dave Miller" }).click();
  await dave.button("Accept").click();
  await expect.poll(() => eyes.every((one) => one.renewals() >= 2), { timeout: 30_000 }).toBe(true);
  const { framesDecoded } = await alice.receives();
  await expect.poll(async () => (await alice.receives()).framesDecoded).toBeGreaterThan(framesDecoded);
  await dave.button("Hang up").click();
  await expect(alice.button("Hang up")).toHaveCount(0);
});

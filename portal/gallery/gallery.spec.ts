import { resolve } from "node:path";
import { AxeBuilder } from "@axe-core/playwright";
import { expect, test, type Page } from "@playwright/test";
import { createServer, type ViteDevServer } from "vite";

// The components in a real browser, where there is a layout: what happy-dom cannot tell.

test.describe.configure({ timeout: 120_000 });

let server: ViteDevServer;

test.beforeAll(async () => {
  server = await createServer({
    configFile: false,
    root: resolve(import.meta.dirname, ".."),
    logLevel: "error",
    // It does not load again when somebody saves a file meanwhile.
    server: { host: "127.0.0.1", port: 0, hmr: false, watch: null },
  });
  await server.listen();
});

test.afterAll(() => server.close());

const scenes = [
  "console",
  "fleet",
  "tickets",
  "ticket-dialog",
  "closing",
  "transfer",
  "inviting",
  "code",
  "connecting",
  "pane",
  "settings",
  "records",
  "record",
  "effective",
  "audit",
  "lists",
  "chats",
  "contact",
  "contact&asked",
  "notices",
  "notices&dialog=write",
  "calls",
  "secrets",
  "secrets&dialog=send",
  "secrets&dialog=show",
  "images",
  "image-send",
  "forms",
  "join",
  "desk",
];
const widths = [320, 1280];
const rules = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];

/** Opens a scene, drawn to the end. */
async function opens(page: Page, scene: string, width: number): Promise<void> {
  await page.setViewportSize({ width, height: 800 });
  await page.goto(`${server.resolvedUrls?.local[0] ?? ""}gallery/?scene=${scene}`);
  await page.locator("main > :nth-child(2)").first().waitFor();
}

for (const colorScheme of ["light", "dark"] as const) {
  test.describe(`In ${colorScheme} colours`, () => {
    test.use({ colorScheme });
    for (const scene of scenes) {
      test(`${scene}: no rule of WCAG 2.2 AA is broken, and nothing is wider than the screen`, async ({
        page,
      }) => {
        for (const width of widths) {
          await opens(page, scene, width);
          const { violations } = await new AxeBuilder({ page })
            .withTags(rules)
            .disableRules("landmark-unique")
            .analyze();
          expect(violations.map(({ id, nodes }) => `${id} at ${nodes[0]?.target.join(" ") ?? ""}`)).toEqual(
            [],
          );
          const over = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
          expect(over, `${scene} at ${width}`).toBeLessThanOrEqual(0);
        }
      });
    }
  });
}

test("A desk shows chats side by side, and one at a time where there is no room", async ({ page }) => {
  await opens(page, "desk&front=acme/1", 1280);
  await expect(page.getByRole("region", { name: /^Chat with/ })).toHaveCount(2);
  await page.setViewportSize({ width: 360, height: 740 });
  await expect(page.getByRole("region", { name: /^Chat with/ })).toHaveCount(1);
  await expect(page.getByRole("button", { name: "Back to the lists" })).toBeVisible();
});

test("A transcript begins at its end, and stays where the reader has scrolled to", async ({ page }) => {
  await opens(page, "desk&front=acme/1", 1280);
  const log = page.getByRole("log").first();
  const fromEnd = (): Promise<number> =>
    log.evaluate((one) => Math.round(one.scrollHeight - one.clientHeight - one.scrollTop));
  await expect.poll(fromEnd).toBe(0);
  await log.focus();
  await page.keyboard.press("Home");
  await expect.poll(() => log.evaluate((one) => one.scrollTop)).toBe(0);
  await page.setViewportSize({ width: 1280, height: 700 });
  await expect.poll(() => log.evaluate((one) => one.scrollTop)).toBe(0);
});

test("Everything in a chat is reached with the keyboard, in the order in which it is seen", async ({
  page,
}) => {
  await opens(page, "desk&front=acme/1", 1280);
  const chat = page.getByRole("region", { name: "Chat with Carol Jones" }).first();
  await chat.getByRole("button", { name: "Call Carol Jones", exact: true }).focus();
  const stops = [
    chat.getByRole("button", { name: "Video call Carol Jones" }),
    chat.getByRole("button", { name: "More about this session" }),
    chat.getByRole("button", { name: "Open in a window of its own" }),
    chat.getByRole("button", { name: "Minimise" }),
    chat.getByRole("button", { name: "Save this chat" }),
    chat.getByRole("button", { name: "Copy this chat" }),
    chat.getByRole("button", { name: "Call for Carol Jones's attention" }),
    chat.getByRole("log"),
    chat.getByRole("link", { name: /intranet/ }),
    chat.getByRole("button", { name: "Insert an emoji" }),
    chat.getByRole("button", { name: "Add to the chat" }),
    chat.getByRole("textbox", { name: "Message" }),
    chat.getByRole("button", { name: "Send" }),
  ];
  for (const stop of stops) {
    await page.keyboard.press("Tab");
    await expect(stop).toBeFocused();
  }
});

test("The composer grows with its text, up to a limit, and shrinks when it was sent", async ({ page }) => {
  await opens(page, "desk&front=acme/1", 1280);
  const field = page.getByRole("textbox", { name: "Message" }).first();
  const height = async (): Promise<number> => (await field.boundingBox())?.height ?? 0;
  const one = await height();
  await field.fill("One\nTwo\nThree");
  expect(await height()).toBeGreaterThan(one + 30);
  await field.fill("Line\n".repeat(50));
  expect(await height()).toBeLessThan(200);
  await field.press("Enter");
  expect(await height()).toBe(one);
});

test("A chat is made larger and smaller at its top left corner, with mouse and keyboard (D25)", async ({
  page,
}) => {
  await opens(page, "desk&front=acme/1", 1280);
  const chat = page.getByRole("region", { name: "Chat with Carol Jones" }).first();
  const corner = chat.getByRole("button", { name: /^Resize/ });
  const size = async (): Promise<[number, number]> => {
    const box = await chat.boundingBox();
    return [Math.round(box?.width ?? 0), Math.round(box?.height ?? 0)];
  };
  const [width, height] = await size();
  await corner.focus();
  await page.keyboard.press("ArrowRight");
  await page.keyboard.press("ArrowDown");
  await expect.poll(size).toEqual([width - 32, height - 32]);
  const at = await corner.boundingBox();
  await page.mouse.move((at?.x ?? 0) + 12, (at?.y ?? 0) + 12);
  await page.mouse.down();
  await page.mouse.move((at?.x ?? 0) + 112, (at?.y ?? 0) + 62);
  await page.mouse.up();
  await expect.poll(size).toEqual([width - 132, height - 82]);
  await corner.dblclick();
  await expect.poll(size).toEqual([width, height]);
});

import { resolve } from "node:path";
import { expect, test, type Page } from "@playwright/test";
import { createServer, type ViteDevServer } from "vite";

// A roster of 10,000 devices in a real browser: what it costs to scroll and to seek.

test.describe.configure({ timeout: 120_000 });
// A trace costs more than what is measured.
test.use({ trace: "off" });

let server: ViteDevServer;

test.beforeAll(async () => {
  server = await createServer({
    configFile: false,
    root: resolve(import.meta.dirname, ".."),
    logLevel: "error",
    server: { host: "127.0.0.1", port: 0, hmr: false, watch: null },
  });
  await server.listen();
});

test.afterAll(() => server.close());

test.beforeEach(async ({ page }) => {
  await page.setViewportSize({ width: 1280, height: 800 });
  await page.goto(`${server.resolvedUrls?.local[0] ?? ""}gallery/?scene=fleet`);
  await page.getByText("User 00000").waitFor();
});

/**
 * What the page's main thread works for each of 60 frames in which something is
 * done, in milliseconds of its own time: other programs do not count.
 */
async function work(page: Page, what: "scroll" | "seek"): Promise<number> {
  const inspector = await page.context().newCDPSession(page);
  await inspector.send("Performance.enable", { timeDomain: "threadTicks" });
  const worked = async (): Promise<number> => {
    const { metrics } = await inspector.send("Performance.getMetrics");
    return (metrics.find(({ name }) => name === "TaskDuration")?.value ?? NaN) * 1000;
  };
  const before = await worked();
  await page.evaluate(async (doing) => {
    const field = document.querySelector("parley-roster")?.shadowRoot?.querySelector("input");
    for (let step = 0; step < 60; step++) {
      if (doing === "scroll") scrollBy(0, 200);
      else if (field) {
        field.value = `user 0${step % 10}`;
        field.dispatchEvent(new Event("input"));
      }
      await new Promise((next) => requestAnimationFrame(next));
    }
  }, what);
  return ((await worked()) - before) / 60;
}

test("It scrolls smoothly, and draws only what is to be seen", async ({ page }) => {
  const each = await work(page, "scroll");
  console.log(`scrolling: ${each.toFixed(1)} ms of work for a frame`);
  expect(each).toBeLessThan(16);
  expect(await page.locator("parley-roster-row").count()).toBeLessThan(60);
  await expect(page.getByText("User 00", { exact: false }).first()).toBeVisible();
});

test("It filters at once", async ({ page }) => {
  const each = await work(page, "seek");
  console.log(`seeking: ${each.toFixed(1)} ms of work for a letter`);
  expect(each).toBeLessThan(100);
  await page.getByRole("searchbox").fill("pc-00042");
  await expect(page.locator("parley-roster-row")).toHaveCount(1);
});

test("It is walked through with the keyboard, and the focus stays when the list is scrolled", async ({
  page,
}) => {
  const chat = page.getByRole("button", { name: /^Chat with User/ });
  await chat.nth(0).focus();
  const first = await chat.nth(0).getAttribute("aria-label");
  await page.evaluate(() => scrollBy(0, 50_000));
  await expect(page.getByRole("button", { name: first ?? "" })).toBeFocused();
  const next = page.getByRole("button", { name: "Chat with User 00002" });
  await page.keyboard.press("Tab"); // To the call of this person: the list comes back to them.
  await expect(next).toBeInViewport();
  await expect(async () => {
    await page.keyboard.press("Tab");
    await expect(next).toBeFocused({ timeout: 100 });
  }).toPass({ timeout: 5000 });
});

test("The quick view of a device is within the screen, at the pointer and at the focus (B15)", async ({
  page,
}) => {
  const mark = page.getByRole("button", { name: /^PC-/ }).first();
  await mark.hover();
  const view = page.getByRole("tooltip");
  await expect(view).toBeVisible();
  await view.hover(); // It stays while the pointer is on it.
  await expect(view).toContainText("Last check-in");
  await page.keyboard.press("Escape");
  await page.mouse.move(0, 0);
  await expect(view).toBeHidden();
  await page.setViewportSize({ width: 360, height: 640 });
  await mark.focus();
  const box = await view.boundingBox();
  expect(box?.x).toBeGreaterThanOrEqual(0);
  expect((box?.x ?? 0) + (box?.width ?? 0)).toBeLessThanOrEqual(360);
});

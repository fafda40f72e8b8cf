import { existsSync } from "node:fs";
import { defineConfig } from "@playwright/test";

const chromiums = [
  process.env["PARLEY_CHROMIUM"] ?? "",
  "/usr/bin/chromium",
  "/usr/bin/chromium-browser",
  "/usr/bin/google-chrome",
  "/usr/bin/google-chrome-stable",
  "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
];
const chromium = chromiums.find((path) => existsSync(path));

// The tests start what they need by themselves. The browser is the machine's,
// or the one that Playwright has brought.
export default defineConfig({
  testDir: ".",
  testMatch: ["tests/**/*.spec.ts", "gallery/**/*.spec.ts"],
  workers: 1,
  // A busy machine can cut a connection or miss a moment; what passes only the
  // second time is listed as flaky.
  retries: process.env["CI"] ? 1 : 0,
  reporter: "list",
  use: {
    trace: "retain-on-failure",
    launchOptions: {
      ...(chromium && { executablePath: chromium }),
      args: [
        "--no-sandbox",
        "--disable-gpu",
        "--disable-quic",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
        "--use-fake-device-for-media-stream",
        "--use-fake-ui-for-media-stream",
      ],
    },
  },
});

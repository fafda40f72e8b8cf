import { defineConfig } from "@playwright/test";

// The browser is the one that the machine has, or PARLEY_CHROMIUM. The service is started by the
// tests themselves, or already runs at PARLEY_URL.
export default defineConfig({
  testDir: "tests",
  workers: 1,
  reporter: "list",
  use: {
    baseURL: process.env["PARLEY_URL"] ?? "http://127.0.0.1:8080",
    trace: "retain-on-failure",
    launchOptions: {
      executablePath: process.env["PARLEY_CHROMIUM"] ?? "/usr/bin/chromium",
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

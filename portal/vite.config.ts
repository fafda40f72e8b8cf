import { resolve } from "node:path";
import { defineConfig } from "vitest/config";

const page = (path: string): string => resolve(import.meta.dirname, path);

export default defineConfig({
  build: {
    outDir: "dist",
    // The oldest browsers with light-dark(), which the colours are made of.
    target: ["chrome123", "firefox121", "safari17.5"],
    // Nothing inline: the pages run under a strict Content-Security-Policy.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    rolldownOptions: {
      input: {
        index: page("index.html"),
        technician: page("technician/index.html"),
        contact: page("contact/index.html"),
        admin: page("admin/index.html"),
        chat: page("chat/index.html"),
        join: page("join/index.html"),
      },
    },
  },
  test: {
    // Lit says at every start that it checks more than in production, as it should in tests.
    onConsoleLog: (text) => !text.includes("Lit is in dev mode"),
    projects: [
      {
        extends: true,
        test: {
          name: "client",
          environment: "node",
          include: ["src/{client,call,protocol}/**/*.test.ts"],
        },
      },
      {
        extends: true,
        test: {
          name: "ui",
          environment: "happy-dom",
          include: ["src/{ui,pages}/**/*.test.ts"],
        },
      },
    ],
  },
});

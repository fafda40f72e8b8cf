import { resolve } from "node:path";
import { defineConfig } from "vite";

// The gallery is for looking at components while working on them; it is never built.
export default defineConfig({
  root: resolve(import.meta.dirname, ".."),
  server: { host: "127.0.0.1", port: 5199, open: "/gallery/" },
});

import { afterEach, describe, expect, it, vi } from "vitest";
import { readConfig } from "./config";

const answering = (status: number, body: unknown): void => {
  vi.stubGlobal("fetch", () => Promise.resolve(new Response(JSON.stringify(body), { status })));
};

describe("The configuration of a deployment", () => {
  afterEach(() => vi.unstubAllGlobals());

  it("says where the service is, and where readers sign in", async () => {
    answering(200, { websocket: "wss://chat.example.com" });
    expect(await readConfig()).toEqual({ websocket: "wss://chat.example.com" });
    const signIn = { authority: "https://id.example.com", clientId: "parley" };
    answering(200, { websocket: "wss://chat.example.com", signIn });
    expect(await readConfig()).toEqual({ websocket: "wss://chat.example.com", signIn });
  });

  it("names no half provider", async () => {
    for (const signIn of [
      null,
      "https://id.example.com",
      { authority: "https://id.example.com" },
      { clientId: 7 },
    ]) {
      answering(200, { websocket: "wss://chat.example.com", signIn });
      expect(await readConfig()).toEqual({ websocket: "wss://chat.example.com" });
    }
  });

  it("is refused without an address, and can be asked for again while nobody answers", async () => {
    answering(200, {});
    await expect(readConfig()).rejects.toMatchObject({ code: "internal" });
    answering(503, {});
    await expect(readConfig()).rejects.toMatchObject({ code: "unavailable" });
  });
});

import { afterEach, describe, expect, it, vi } from "vitest";
import { signIn } from "./signin";

const answering = (status: number, body: unknown): ReturnType<typeof vi.fn> => {
  const fetching = vi.fn(() => Promise.resolve(new Response(JSON.stringify(body), { status })));
  vi.stubGlobal("fetch", fetching);
  return fetching;
};

describe("Signing in", () => {
  afterEach(() => vi.unstubAllGlobals());

  it("asks the issuer for a token of whom the address names", async () => {
    vi.stubGlobal("location", { search: "?as=alice", hash: "" });
    const fetching = answering(200, { token: "t1" });
    expect(await signIn().token()).toBe("t1");
    expect(fetching).toHaveBeenCalledWith(
      "/issuer/token",
      expect.objectContaining({ body: '{"person":"alice"}' }),
    );
  });

  it("is refused when the address names nobody, or somebody unknown", async () => {
    vi.stubGlobal("location", { search: "", hash: "" });
    answering(200, { websocket: "ws://127.0.0.1:8081/local" });
    await expect(signIn().token()).rejects.toMatchObject({ code: "unauthenticated" });
    vi.stubGlobal("location", { search: "?as=mallory", hash: "" });
    answering(404, {});
    await expect(signIn().token()).rejects.toMatchObject({ code: "unauthenticated" });
  });

  it("can be tried again where the issuer does not answer", async () => {
    vi.stubGlobal("location", { search: "?as=alice", hash: "" });
    answering(503, {});
    await expect(signIn().token()).rejects.toMatchObject({ code: "unavailable" });
    vi.stubGlobal("fetch", () => Promise.reject(new TypeError("no network")));
    await expect(signIn().token()).rejects.toMatchObject({ code: "unavailable" });
  });
});

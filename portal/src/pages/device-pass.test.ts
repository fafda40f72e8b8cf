import { beforeEach, describe, expect, it } from "vitest";
import { devicePass, forgetPass, type Keep } from "./device-pass";

describe("The pass of a page that a device agent has opened", () => {
  let items: Map<string, string>;
  let keep: Keep;

  beforeEach(() => {
    items = new Map();
    keep = {
      getItem: (name) => items.get(name) ?? null,
      setItem: (name, value) => void items.set(name, value),
      removeItem: (name) => void items.delete(name),
    };
  });

  const opened = (fragment: string): string | undefined => devicePass(fragment, keep);

  it("is the secret of its address and a key of this browser", () => {
    expect(opened("#pass.SECRET")).toMatch(/^pass\.SECRET\.[\w-]{32}$/);
  });

  it("is the same after a reload, and another in another tab", () => {
    const pass = opened("#pass.SECRET");
    expect(opened("")).toBe(pass);
    items.clear();
    expect(opened("#pass.SECRET")).not.toBe(pass);
  });

  it("is none where the page was opened otherwise, or the reader has signed out", () => {
    expect(opened("#else")).toBeUndefined();
    opened("#pass.SECRET");
    forgetPass(keep);
    expect(opened("")).toBeUndefined();
  });
});

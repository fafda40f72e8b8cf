import { describe, expect, it } from "vitest";
import { codeOf, digestOf, newCode, newSecret, offered, secretOf, shownCode } from "./invitation";

describe("An invitation", () => {
  it("has a code that comes back however it is typed (A13)", () => {
    for (let n = 0; n < 200; n++) {
      const code = newCode();
      expect(codeOf(shownCode(code))).toBe(code);
      expect(codeOf(` ${code.toLowerCase().replace(/0/g, "o").replace(/1/g, "l")} `)).toBe(code);
    }
    expect(codeOf("7k2m q4xo")).toBe("7K2MQ4X0");
  });

  it.each(["", "7K2M", "7K2M-Q4XU", "7K2M-Q4X99", "7K2M_Q4X9"])("has no code like %j", (typed) =>
    expect(codeOf(typed)).toBeUndefined(),
  );

  it("has a secret of 144 bits in its link", () => {
    const secret = newSecret();
    expect(secret).toHaveLength(24);
    expect(secretOf(`#${secret}`)).toBe(secret);
    expect(secretOf("#hello")).toBeUndefined();
    expect(newSecret()).not.toBe(secret);
  });

  it("is told to the service by its digest alone", async () => {
    expect(await digestOf("abc")).toBe("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  });

  it("is offered as the service reads it, in any script", () => {
    const ticket = { secret: "7K2MQ4X9", key: "0123456789abcdefghijkl", name: "Zoë 王" };
    const [prefix, text = ""] = offered(ticket).split(".");
    expect(prefix).toBe("invite");
    expect(text).toMatch(/^[A-Za-z0-9_-]+$/);
    const bytes = Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (c) => c.charCodeAt(0));
    expect(JSON.parse(new TextDecoder().decode(bytes))).toEqual(ticket);
  });
});

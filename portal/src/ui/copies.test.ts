import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { asText, copyOf } from "./copies";
import { alice, carol, entries, now, session } from "./samples";

const chat = { session, entries };

describe("A copy of a chat (D10)", () => {
  it("has everybody's real name, the device, and times with their zone, as text", () => {
    const text = asText(chat);
    expect(text).toContain("Contact: Carol Jones (acme)\nDevice: ACME-LT-07\nTechnicians: Alice Archer\n");
    expect(text).toMatch(/\[\d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC[+-]\d\d:\d\d\] Alice Archer: Good morning!/u);
    expect(text).toContain(`Time zone: ${Intl.DateTimeFormat().resolvedOptions().timeZone}`);
    expect(text).not.toContain("You:");
  });

  it("has what the service wrote as well, such as who joined", () => {
    expect(asText(chat)).toMatch(/\] Bob Baker has joined\n/u);
  });

  it("is named after the contact and the day", () => {
    const day = new Date(session.createdAt).toISOString().slice(0, 10);
    expect(copyOf(chat, "text").name).toBe(`Chat-Carol-Jones-${day}.txt`);
    expect(copyOf(chat, "html").name).toBe(`Chat-Carol-Jones-${day}.html`);
  });

  it("is a page that shows what was written, and runs none of it", () => {
    const text = `<script>alert("1")</script> & <b>`;
    const said = {
      seq: 1,
      at: now,
      kind: "message",
      by: { ...alice, name: "<i>" },
      message: "m",
      text,
    } as const;
    const { content } = copyOf({ session, entries: [said] }, "html");
    const page = new DOMParser().parseFromString(content, "text/html");
    expect(page.querySelector("script")).toBeNull();
    expect(page.querySelector("p")?.textContent).toContain(text);
    expect(page.querySelector("p b")?.textContent).toBe("<i>");
  });

  it("loses nothing as JSON, whatever was written", () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        const said = { seq: 7, at: now, kind: "message", by: carol, message: "m", text } as const;
        const { content } = copyOf({ session, entries: [said] }, "json");
        expect(JSON.parse(content)).toMatchObject({
          session: session.id,
          device: { name: "ACME-LT-07" },
          entries: [{ seq: 7, at: new Date(now).toISOString(), by: carol, text }],
        });
      }),
    );
  });
});

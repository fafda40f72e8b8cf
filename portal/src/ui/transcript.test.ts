import { html } from "lit";
import { beforeEach, describe, expect, it } from "vitest";
import { Fault } from "../client/index";
import type { Entry, Person } from "../protocol/wire";
import { alice, carol, dave } from "./samples";
import { all, button, draw, one, press, settled, told, words } from "./testing";
import { localTime } from "./time";
import "./transcript";
import type { Transcript } from "./transcript";

const at = new Date(2026, 10, 22, 12).getTime();
const said = (seq: number, text: string, by = carol): Entry => ({
  seq,
  at: at + seq,
  kind: "message",
  by,
  message: `m${seq}`,
  text,
});

describe("The transcript", () => {
  let transcript: Transcript;

  beforeEach(async () => {
    transcript = await draw(html`
      <parley-transcript
        session="acme/1"
        .entries=${[said(1, "Can you restart?", alice), said(2, "Ok.")]}
        .me=${alice}
        .contact=${carol}
        .now=${() => at}
      ></parley-transcript>
    `);
  });

  // The layout that the test browser does not have: 1,000 pixels of text in a window of 200.
  const scrollTo = (top: number): void => {
    const log = one(transcript, "[role=log]");
    Object.defineProperties(log, {
      scrollHeight: { value: 1000, configurable: true },
      clientHeight: { value: 200, configurable: true },
    });
    log.scrollTop = top;
    log.dispatchEvent(new Event("scroll"));
  };

  it("is a log that is called Conversation", () => {
    expect(one(transcript, "[role=log]").getAttribute("aria-label")).toBe("Conversation");
  });

  it("labels own lines You, and others with their name (D6)", () => {
    expect(all(transcript, ".who").map((who) => words(who))).toEqual(["You", "Carol Jones"]);
  });

  describe("with a secret (N14)", () => {
    const hidden: Entry = { seq: 3, at, kind: "secret", by: carol, message: "s1" };
    const shown = (by: Person): Entry => ({ seq: 4, at: at + 60_000, kind: "revealed", by, of: 3 });
    const says = async (...entries: Entry[]): Promise<string> => {
      transcript.entries = entries;
      await settled(transcript);
      return words(one(transcript, ".line"));
    };

    it("offers to show it once, and asks first", async () => {
      expect(await says(hidden)).toContain(
        `Secret from Carol Jones Show once Can be shown once, until ${localTime(at + 3_600_000)}`,
      );
      const asked = told(transcript, "parley-reveal");
      press(transcript, "Show once");
      await settled(transcript);
      expect(asked).toEqual([]);
      press(transcript, "Show it now");
      expect(asked).toMatchObject([{ session: "acme/1", seq: 3 }]);
    });

    it("says who has seen it and when", async () => {
      expect(await says(hidden, shown(alice))).toContain(`Shown to you at ${localTime(at + 60_000)}`);
      expect(await says(hidden, shown(dave))).toContain(`Shown to Dave Miller at ${localTime(at + 60_000)}`);
      expect(button(transcript, "Show once")).toBeUndefined();
    });

    it("never shows the sender their own", async () => {
      expect(await says({ ...hidden, by: alice })).toContain(
        `Secret Can be shown once, until ${localTime(at + 3_600_000)}`,
      );
      expect(button(transcript, "Show once")).toBeUndefined();
    });

    it("says that it is gone after an hour, and after the end", async () => {
      expect(await says({ ...hidden, at: at - 3_600_000 })).toContain("Gone without being shown");
      expect(button(transcript, "Show once")).toBeUndefined();
      transcript.over = true;
      expect(await says(hidden)).toContain("Gone without being shown");
    });
  });

  it("keeps line breaks, and never reads text as markup", async () => {
    transcript.entries = [said(1, "<b>one</b>\ntwo")];
    await settled(transcript);
    expect(one(transcript, ".text").textContent).toBe("<b>one</b>\ntwo");
  });

  it("marks how far own messages have come, in words too (P4)", async () => {
    transcript.entries = [said(1, "A", alice), said(2, "B", alice), said(3, "C", alice)];
    transcript.others = [carol];
    transcript.marks = [{ participant: carol.id, delivered: 2, read: 1 }];
    await settled(transcript);
    expect(all(transcript, ".mark").map((mark) => words(mark))).toEqual([
      "Read by Carol Jones",
      "Delivered to Carol Jones",
      "Sent",
    ]);
  });

  it("makes links of addresses, which learn nothing of the page", async () => {
    transcript.entries = [said(1, "See https://example.org/a, not javascript:alert(1)")];
    await settled(transcript);
    const links = all(transcript, "a");
    expect(links.map((link) => words(link))).toEqual(["https://example.org/a"]);
    expect(links[0]?.getAttribute("rel")).toBe("noopener noreferrer nofollow");
    expect(one(transcript, ".text").textContent).toBe("See https://example.org/a, not javascript:alert(1)");
  });

  it("marks what waits, what is on its way and what was refused", async () => {
    const fault = new Fault("conflict", "This session is ended.");
    transcript.outgoing = [
      { message: "a", text: "A", at, delivery: { kind: "waiting" } },
      { message: "b", text: "B", at, delivery: { kind: "sending" } },
      { message: "c", text: "C", at, delivery: { kind: "failed", fault } },
    ];
    await settled(transcript);
    const marks = all(transcript, ".mark").map((mark) => words(mark));
    expect(marks[0]).toBe("Sent");
    expect(marks.slice(1, 3)).toEqual(["Waiting for the connection", "Sending"]);
    expect(marks[3]).toContain("Not sent. This session is ended.");
  });

  it("takes a refused message away, or tries it again", async () => {
    const fault = new Fault("internal", "Something failed.");
    transcript.outgoing = [{ message: "c", text: "C", at, delivery: { kind: "failed", fault } }];
    await settled(transcript);
    const discarded = told(transcript, "parley-discard");
    const again = told(transcript, "parley-again");
    press(transcript, "Try again");
    expect(discarded).toEqual([]); // The text stays until it is sent.
    expect(again).toEqual([{ session: "acme/1", message: "c" }]);
  });

  it("follows new lines while the reader is at the end", async () => {
    scrollTo(800);
    transcript.entries = [...transcript.entries, said(3, "More")];
    await settled(transcript);
    expect(one(transcript, "[role=log]").scrollTop).toBe(1000);
    expect(one(transcript, ".new").hidden).toBe(true);
  });

  it("stays where the reader has scrolled to, and says how many messages are new", async () => {
    scrollTo(800);
    scrollTo(300);
    transcript.entries = [...transcript.entries, said(3, "More"), said(4, "And more")];
    await settled(transcript);
    expect(one(transcript, "[role=log]").scrollTop).toBe(300);
    expect(button(transcript, "2 new messages")?.hidden).toBe(false);
    press(transcript, "2 new messages");
    await settled(transcript);
    expect(one(transcript, "[role=log]").scrollTop).toBe(1000);
    expect(one(transcript, ".new").hidden).toBe(true);
  });

  it("goes to the end when the reader says something", async () => {
    scrollTo(800);
    scrollTo(300);
    transcript.outgoing = [{ message: "a", text: "A", at, delivery: { kind: "sending" } }];
    await settled(transcript);
    expect(one(transcript, "[role=log]").scrollTop).toBe(1000);
  });
});

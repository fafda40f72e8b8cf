import { describe, expect, it } from "vitest";
import type { PresenceNotified } from "../protocol/wire";
import { Fault } from "./fault";
import { Notices } from "./notices";
import type { Service } from "./service";

const alice = { id: "a", name: "Alice", role: "technician" } as const;
const carol = { id: "c", name: "Carol", role: "contact" } as const;
const notice: PresenceNotified = { notice: "n1", by: alice, text: "Please save your work." };
const to = { company: "acme", contact: "c" };

/** Notices over a service that keeps what it was asked, and fails with a fault where there is one. */
function opened(fault?: Fault): {
  notices: Notices;
  asked: Record<string, unknown>[];
  read: string[];
  came: string[];
} {
  const asked: Record<string, unknown>[] = [];
  const service = {
    person: alice,
    random: () => 0,
    command: (name: string, data: object) => {
      asked.push({ name, ...data });
      return fault ? Promise.reject(fault) : Promise.resolve({ pages: 1 });
    },
  } as unknown as Service;
  const notices = new Notices(service);
  const read: string[] = [];
  const came: string[] = [];
  notices.addEventListener("read", ({ detail }) => read.push(detail));
  notices.addEventListener("came", ({ detail }) => came.push(detail.text));
  return { notices, asked, read, came };
}

describe("Notices (D14)", () => {
  it("are sent under an id of their own, to a device where one is named", async () => {
    const { notices, asked } = opened();
    await notices.send(to, "One");
    await notices.send({ ...to, device: "d7" }, "Two");
    expect(asked).toMatchObject([
      { name: "presence.notify", company: "acme", contact: "c", text: "One" },
      { name: "presence.notify", device: "d7", text: "Two" },
    ]);
    expect(asked[0]?.["notice"]).not.toBe(asked[1]?.["notice"]);
  });

  it("tell once that they were read, and only of those that were sent from here", async () => {
    const { notices, asked, read } = opened();
    await notices.send(to, "One");
    const id = String(asked[0]?.["notice"]);
    notices.hear({ name: "presence.acknowledged", data: { notice: "another", by: carol } });
    expect(read).toEqual([]);
    notices.hear({ name: "presence.acknowledged", data: { notice: id, by: carol } });
    notices.hear({ name: "presence.acknowledged", data: { notice: id, by: carol } });
    expect(read).toEqual(["Carol"]);
  });

  it("that nobody could be shown are not waited for", async () => {
    const { notices, asked, read } = opened(new Fault("conflict", "Nobody is there."));
    await expect(notices.send(to, "One")).rejects.toThrow("Nobody is there.");
    notices.hear({
      name: "presence.acknowledged",
      data: { notice: String(asked[0]?.["notice"]), by: carol },
    });
    expect(asked).toHaveLength(1);
    expect(read).toEqual([]);
  });

  it("are shown once however often they come, and their sender is told when they were read", async () => {
    const { notices, asked, came } = opened();
    const other = { ...notice, notice: "n2", text: "Another" };
    for (const data of [notice, notice, other]) notices.hear({ name: "presence.notified", data });
    expect(came).toEqual(["Please save your work.", "Another"]);
    await notices.heed(notice);
    notices.hear({ name: "presence.notified", data: notice });
    expect(notices.waiting).toEqual([other]);
    expect(asked).toEqual([{ name: "presence.acknowledge", notice: "n1", technician: "a" }]);
  });
});

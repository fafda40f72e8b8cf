import { vi } from "vitest";
import { Page } from "../../client/testing/page";
import { alice, aSession } from "../../client/testing/world";
import type { Call, CallState, EntryKind, Party, Person, Session } from "../../protocol/wire";
import { CallLine } from "../line";

/** Dave, on the page where he answers. */
export const his: Party = { id: "dave", peer: "his-page" };

/** A call between the parties, rung by the first. */
export function aCall(state: CallState, parties: Party[], rest: Partial<Call> = {}): Call {
  return { id: "c1", media: "voice", state, by: parties[0]?.id ?? "", parties, rangAt: 1, ...rest };
}

/** Alice's telephone on her page, in a world where calls can be made. */
export class Telephone {
  readonly page = new Page();
  readonly world = this.page.world;
  #line: CallLine | undefined;

  constructor() {
    const { answers } = this.world;
    answers.set("call.servers", () => ({ iceServers: [{ urls: ["turn:relay"] }], until: 0 }));
    answers.set("call.ring", ({ call, peer, media }) => {
      const parties = [{ id: "alice", peer: String(peer) }];
      const rest = { id: String(call), media: media as Call["media"] };
      return reply(this.becomes(aCall("ringing", parties, rest), "call_rang", alice));
    });
    answers.set("call.answer", ({ call, peer, accept }) => {
      if (accept !== true) return reply(this.becomes(undefined, "call_declined", alice, String(call)));
      const parties = [his, { id: "alice", peer: String(peer) }];
      return reply(this.becomes(aCall("answered", parties), "call_answered", alice));
    });
    answers.set("call.leave", ({ call }) =>
      reply(this.becomes(undefined, "call_ended", alice, String(call))),
    );
  }

  get line(): CallLine {
    if (this.#line === undefined) throw new Error("the page is not loaded");
    return this.#line;
  }

  /** The last call that rang here. */
  get rung(): { session: string; call: string; peer: string; media: Call["media"] } {
    return this.world.heard("call.ring").at(-1)?.data as Telephone["rung"];
  }

  async load(): Promise<void> {
    await this.page.load();
    this.#line = new CallLine(this.page.client, this.page.live, { iceTransportPolicy: "relay" });
  }

  close(): void {
    this.line.close();
    this.page.client.close();
  }

  /** The session's call changes, told by the entry of the transcript that makes it so. */
  becomes(call: Call | undefined, kind: EntryKind, by: Person, id = call?.id ?? "c1"): Session {
    const entry = this.world.adds({ kind, by, call: { id, media: call?.media ?? "voice" } });
    const session = aSession({ version: entry.seq, ...(call && { call }) });
    this.world.push("session.changed", { session, entry });
    return session;
  }

  /** Calls Dave, who answers. */
  async calls(media: Call["media"], dave: Person): Promise<void> {
    void this.line.call(media);
    await vi.advanceTimersByTimeAsync(0);
    const { call: id, peer } = this.rung;
    this.becomes(aCall("answered", [{ id: "alice", peer }, his], { id, media }), "call_answered", dave);
    await vi.advanceTimersByTimeAsync(0);
  }
}

function reply(session: Session): { session: Session; seq: number } {
  return { session, seq: session.version };
}

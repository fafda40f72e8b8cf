import { beforeEach, describe, expect, it, vi } from "vitest";
import { Fault } from "../client/index";
import { tell } from "../ui/events";
import { prefer } from "../ui/preferences";
import * as tone from "../ui/tone";
import { followChats, type OpenChats } from "./chat-events";
import { NoticeBoard } from "./notice-board";

const session = "acme/1";

describe("What chat windows tell", () => {
  let done: string[];
  let root: EventTarget;
  let board: NoticeBoard;
  let ending: () => Promise<void>;

  beforeEach(() => {
    done = [];
    ending = () => Promise.resolve();
    root = new EventTarget();
    board = new NoticeBoard(() => undefined);
    const does =
      (what: string) =>
      (...how: unknown[]) => {
        done.push([what, ...how].join(" "));
        return Promise.resolve();
      };
    const live = {
      post: (text: string) => does("post")(text),
      type: does("type"),
      discard: does("discard"),
      leave: does("leave"),
      end: () => ending(),
    };
    const line = {
      call: does("call"),
      answer: does("answer"),
      decline: does("decline"),
      hangUp: does("hang up"),
      mute: does("mute"),
      turnCamera: does("camera"),
    };
    const chats = {
      live: (id: string) => (id === session ? live : undefined),
      line: (id: string) => (id === session ? line : undefined),
      remove: does("remove"),
      minimise: does("minimise"),
      toLists: does("lists"),
    };
    followChats(root, chats as unknown as OpenChats, board);
  });

  it("is done in the session that it is about, and in no other", () => {
    tell(root, "parley-say", { session, text: "Hello" });
    tell(root, "parley-say", { session: "acme/2", text: "Hello" });
    tell(root, "parley-draft", { session, text: "He" });
    expect(done).toEqual(["post Hello", "type He"]);
  });

  it("is a call, an answer or its end", () => {
    tell(root, "parley-ring", { session, media: "video" });
    tell(root, "parley-answer", { session, accept: true });
    tell(root, "parley-answer", { session, accept: false });
    tell(root, "parley-microphone", { session, on: false });
    tell(root, "parley-camera", { session, on: true });
    tell(root, "parley-hang-up", { session });
    expect(done).toEqual(["call video", "answer", "decline", "mute true", "camera true", "hang up"]);
  });

  it("closes the window after leaving", async () => {
    tell(root, "parley-leave", { session });
    await vi.waitFor(() => expect(done).toEqual(["leave", "remove acme/1"]));
  });

  it("is told on the notice board where it fails", async () => {
    ending = () => Promise.reject(new Fault("forbidden", "Your technician ends this session."));
    tell(root, "parley-end", { session });
    await vi.waitFor(() =>
      expect(board.notices).toMatchObject([{ text: "Your technician ends this session." }]),
    );
  });

  it("makes a tone on every message sent, unless that is turned off (D22)", () => {
    const heard = vi.spyOn(tone, "playTone").mockReturnValue(true);
    prefer({ theme: "system", tone: false });
    tell(root, "parley-say", { session, text: "Quiet" });
    expect(heard).not.toHaveBeenCalled();
    prefer({ theme: "system", tone: true });
    tell(root, "parley-say", { session, text: "Loud" });
    expect(heard).toHaveBeenCalledWith("sent");
    heard.mockRestore();
  });
});

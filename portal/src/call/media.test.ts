import { describe, expect, it, vi } from "vitest";
import { mediaFailure, openCamera, openMedia } from "./media";

const failing =
  (name: string): MediaDevices["getUserMedia"] =>
  () =>
    Promise.reject(new DOMException("no", name));
const stream = {} as MediaStream;

describe("opening microphone and camera", () => {
  it("asks for the camera only for a video call", async () => {
    const getUserMedia = vi.fn(() => Promise.resolve(stream));
    await openMedia("voice", { getUserMedia });
    await openMedia("video", { getUserMedia });
    expect(getUserMedia.mock.calls).toEqual([
      [{ audio: true, video: false }],
      [{ audio: true, video: true }],
    ]);
  });

  it.each(["NotFoundError", "NotReadableError"])(
    "goes on with the voice alone after %s of the camera",
    async (name) => {
      const getUserMedia = vi
        .fn<MediaDevices["getUserMedia"]>()
        .mockRejectedValueOnce(new DOMException("no camera", name))
        .mockResolvedValueOnce(stream);
      expect(await openMedia("video", { getUserMedia })).toBe(stream);
      expect(getUserMedia).toHaveBeenLastCalledWith({ audio: true, video: false });
    },
  );

  it("does not go on when the user refused", async () => {
    const getUserMedia = vi.fn(failing("NotAllowedError"));
    await expect(openMedia("video", { getUserMedia })).rejects.toMatchObject({ kind: "refused" });
    expect(getUserMedia).toHaveBeenCalledTimes(1);
  });

  it("says that a page without HTTPS gets none", async () => {
    await expect(openMedia("voice", undefined)).rejects.toMatchObject({ kind: "insecure" });
    await expect(openCamera(undefined)).rejects.toMatchObject({ kind: "insecure" });
  });

  it.each([
    ["NotAllowedError", "refused"],
    ["SecurityError", "refused"],
    ["NotFoundError", "missing"],
    ["OverconstrainedError", "missing"],
    ["NotReadableError", "busy"],
    ["AbortError", "busy"],
  ])("tells %s as %s", (name, kind) => {
    expect(mediaFailure(new DOMException("", name)).kind).toBe(kind);
  });
});

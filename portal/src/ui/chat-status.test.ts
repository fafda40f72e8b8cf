import { html } from "lit";
import { beforeEach, describe, expect, it } from "vitest";
import { noCall, type CallView } from "./call-panel";
import "./chat-status";
import type { ChatStatus } from "./chat-status";
import { calls, requested, session } from "./samples";
import { draw, settled, words } from "./testing";

describe("The status bar of a chat", () => {
  let status: ChatStatus;

  beforeEach(async () => {
    status = await draw(html`<parley-chat-status .session=${session} secure></parley-chat-status>`);
  });

  const during = async (call: CallView = noCall): Promise<string> => {
    status.call = call;
    await settled(status);
    return words(status);
  };

  it("names the device, who is logged on there, and the encryption (D17)", () => {
    expect(words(status)).toBe("ACME-LT-07 Carol Jones Text: TLS");
  });

  it("speaks of technicians where they are among themselves (C7)", async () => {
    status.session = { ...requested, kind: "staff", company: "_staff" };
    await settled(status);
    expect(words(status)).toContain("Technicians Dave Miller");
  });

  it("names the portal where there is no device (D17)", async () => {
    status.session = requested;
    await settled(status);
    expect(words(status)).toContain("Portal of globex Dave Miller");
  });

  it("says TLS for what goes through the gateway, and relayed for a call through the relay (D18)", async () => {
    expect(await during()).toContain("Text: TLS");
    expect(await during(calls["voice, relayed and muted"])).toContain("Call: DTLS-SRTP, relayed");
  });

  it("says P2P for a call that takes a direct way (D19)", async () => {
    expect(await during(calls["voice, same network"])).toContain("DTLS-SRTP, direct (P2P, same network)");
    expect(await during(calls["video, internet"])).toContain("DTLS-SRTP, direct (P2P)");
  });

  it("claims nothing of a call that is not connected, and no encryption where there is none (D17)", async () => {
    expect(await during(calls["connecting"])).not.toContain("Call:");
    status.secure = false;
    await settled(status);
    expect(words(status)).toContain("Text: not encrypted");
  });
});

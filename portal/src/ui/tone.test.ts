import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

const started: number[] = [];

class Param {
  value = 0;
  setValueAtTime = vi.fn();
  linearRampToValueAtTime = vi.fn();
  exponentialRampToValueAtTime = vi.fn();
}

class Sound {
  currentTime = 0;
  state = "running";
  destination = {};
  createGain = (): unknown => ({ gain: new Param(), connect: () => undefined });
  createOscillator = (): unknown => ({
    frequency: new Param(),
    connect: (to: unknown) => to,
    start: (at: number) => started.push(at),
    stop: () => undefined,
  });
}

describe("A tone", () => {
  beforeEach(() => {
    vi.resetModules();
    vi.useFakeTimers();
    started.length = 0;
  });
  afterEach(() => {
    vi.useRealTimers();
    vi.unstubAllGlobals();
  });

  it("is heard once for a message", async () => {
    vi.stubGlobal("AudioContext", Sound);
    const { playTone } = await import("./tone");
    playTone("sent");
    vi.advanceTimersByTime(10_000);
    expect(started).toHaveLength(1);
  });

  it("of ringing repeats until it is stopped", async () => {
    vi.stubGlobal("AudioContext", Sound);
    const { repeatTone } = await import("./tone");
    const stop = repeatTone("calling");
    vi.advanceTimersByTime(6_000);
    stop();
    vi.advanceTimersByTime(60_000);
    expect(started).toHaveLength(3);
  });

  it("is left out where the browser makes no sound", async () => {
    vi.stubGlobal("AudioContext", undefined);
    const { playTone } = await import("./tone");
    expect(() => playTone("received")).not.toThrow();
  });
});

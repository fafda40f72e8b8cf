/** What a tone tells of. */
export type ToneKind = "sent" | "received" | "nudged" | "asking" | "ringing" | "calling";

interface Note {
  hertz: number;
  at: number; // Seconds after the start.
  seconds: number;
}

const tunes: Record<ToneKind, Note[]> = {
  sent: [{ hertz: 660, at: 0, seconds: 0.07 }],
  received: [
    { hertz: 587, at: 0, seconds: 0.09 },
    { hertz: 784, at: 0.09, seconds: 0.14 },
  ],
  nudged: [
    { hertz: 880, at: 0, seconds: 0.1 },
    { hertz: 880, at: 0.18, seconds: 0.1 },
    { hertz: 1047, at: 0.36, seconds: 0.2 },
  ],
  ringing: [
    { hertz: 523, at: 0, seconds: 0.22 },
    { hertz: 659, at: 0.25, seconds: 0.22 },
    { hertz: 784, at: 0.5, seconds: 0.4 },
  ],
  asking: [
    { hertz: 784, at: 0, seconds: 0.16 },
    { hertz: 587, at: 0.18, seconds: 0.16 },
    { hertz: 784, at: 0.36, seconds: 0.28 },
  ],
  calling: [{ hertz: 425, at: 0, seconds: 0.8 }],
};

const loudness = 0.12;
const every = 3000; // Milliseconds between two rings.

let audio: AudioContext | undefined;

/**
 * Plays a tone once, and returns whether it can be heard. Where the browser has
 * no sound yet, because nobody has touched the page, nothing is; every tone has
 * words beside it.
 */
export function playTone(kind: ToneKind): boolean {
  if (typeof AudioContext === "undefined") return false;
  audio ??= new AudioContext();
  if (audio.state === "suspended") void audio.resume().catch(() => undefined);
  for (const note of tunes[kind]) playNote(audio, note);
  return audio.state === "running" || touched();
}

/** Plays a tone again and again, until the returned function is called. */
export function repeatTone(kind: "ringing" | "calling" | "asking"): () => void {
  playTone(kind);
  const timer = setInterval(() => playTone(kind), every);
  return () => clearInterval(timer);
}

// A browser lets a page make sounds that somebody has touched.
function touched(): boolean {
  const activation = navigator.userActivation as UserActivation | undefined; // Not in every browser.
  return activation?.hasBeenActive ?? false;
}

function playNote(context: AudioContext, { hertz, at, seconds }: Note): void {
  const start = context.currentTime + at;
  const oscillator = context.createOscillator();
  const gain = context.createGain();
  oscillator.type = "sine";
  oscillator.frequency.value = hertz;
  // A short rise and a fall to silence, so that nothing clicks.
  gain.gain.setValueAtTime(0, start);
  gain.gain.linearRampToValueAtTime(loudness, start + 0.015);
  gain.gain.exponentialRampToValueAtTime(0.0001, start + seconds);
  oscillator.connect(gain).connect(context.destination);
  oscillator.start(start);
  oscillator.stop(start + seconds);
}

import type { ActivityClock } from "../client/index";

const signs = ["pointermove", "pointerdown", "keydown", "wheel", "touchstart", "scroll", "focus"];

/** Tells the clock of everything that shows somebody at the page. */
export function feedActivity(clock: ActivityClock, page: EventTarget = window): void {
  for (const sign of signs) page.addEventListener(sign, () => clock.seen(), { passive: true, capture: true });
}

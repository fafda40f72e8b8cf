import type { ReactiveController, ReactiveControllerHost } from "lit";

/** The component whose lines are read. Its lines carry their place as data-seq. */
export interface ReadHost extends ReactiveControllerHost {
  readonly renderRoot: HTMLElement | DocumentFragment;
}

/**
 * Finds out how far a reader has come: a line is read when it is on the screen,
 * in a page that is to be seen. A line that is drawn in a window put away, or in
 * a browser tab behind another, is not read.
 */
export class Reading implements ReactiveController {
  private seq = 0;
  private readonly onScreen = new Set<number>();
  private readonly watched = new Set<Element>();
  private observer: IntersectionObserver | undefined;
  private readonly look = (): void => this.tell();

  /** @param read hears of every step forward */
  constructor(
    private readonly host: ReadHost,
    private readonly read: (seq: number) => void,
  ) {
    host.addController(this);
  }

  hostConnected(): void {
    document.addEventListener("visibilitychange", this.look);
    if (typeof IntersectionObserver === "undefined") return;
    this.observer = new IntersectionObserver((changes) => this.changed(changes));
  }

  hostDisconnected(): void {
    document.removeEventListener("visibilitychange", this.look);
    this.observer?.disconnect();
    this.watched.clear();
    this.onScreen.clear();
  }

  // Only what is still to be read is watched, so that a long transcript costs nothing.
  hostUpdated(): void {
    for (const line of this.host.renderRoot.querySelectorAll("[data-seq]")) {
      if (seqOf(line) <= this.seq || this.watched.has(line)) continue;
      this.watched.add(line);
      this.observer?.observe(line);
    }
  }

  private changed(changes: readonly IntersectionObserverEntry[]): void {
    for (const { target, isIntersecting } of changes) {
      if (isIntersecting) this.onScreen.add(seqOf(target));
      else this.onScreen.delete(seqOf(target));
    }
    this.tell();
  }

  private tell(): void {
    const last = Math.max(0, ...this.onScreen);
    if (document.visibilityState !== "visible" || last <= this.seq) return;
    this.seq = last;
    this.onScreen.clear();
    for (const line of this.watched) {
      if (line.isConnected && seqOf(line) > last) continue;
      this.observer?.unobserve(line);
      this.watched.delete(line);
    }
    this.read(last);
  }
}

function seqOf(line: Element): number {
  return Number(line.getAttribute("data-seq"));
}

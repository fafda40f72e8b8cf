import { css, html, LitElement, type TemplateResult } from "lit";
import { customElement } from "lit/decorators.js";
import { controls } from "./controls";

/** A wish for another size, in pixels; null for the usual one. */
export type Stretch = { width: number; height: number } | null;

const step = 32; // Pixels for each press of an arrow key.
const keys: Record<string, [number, number]> = {
  ArrowLeft: [1, 0],
  ArrowRight: [-1, 0],
  ArrowUp: [0, 1],
  ArrowDown: [0, -1],
};

/**
 * The top left corner of a window, by which it is made larger or smaller: drag
 * it, or press the arrow keys; a double click or Home gives the usual size. It
 * tells each step as `stretch`.
 */
@customElement("parley-corner")
export class ResizeCorner extends LitElement {
  private from: { x: number; y: number } | undefined;

  protected override render(): TemplateResult {
    return html`<button
      class="quiet"
      type="button"
      aria-label="Resize this window with the arrow keys"
      title="Drag to resize; double-click for the usual size"
      @keydown=${(event: KeyboardEvent) => this.pressed(event)}
      @dblclick=${() => this.stretch(null)}
      @pointerdown=${(event: PointerEvent) => this.grabbed(event)}
      @pointermove=${(event: PointerEvent) => this.dragged(event)}
      @pointerup=${() => (this.from = undefined)}
      @pointercancel=${() => (this.from = undefined)}
    ></button>`;
  }

  private pressed(event: KeyboardEvent): void {
    const to = keys[event.key];
    if (!to && event.key !== "Home") return;
    event.preventDefault();
    this.stretch(to ? { width: to[0] * step, height: to[1] * step } : null);
  }

  private grabbed(event: PointerEvent): void {
    this.from = { x: event.clientX, y: event.clientY };
    (event.currentTarget as Element).setPointerCapture(event.pointerId);
  }

  private dragged({ clientX, clientY }: PointerEvent): void {
    if (!this.from) return;
    this.stretch({ width: this.from.x - clientX, height: this.from.y - clientY });
    this.from = { x: clientX, y: clientY };
  }

  private stretch(detail: Stretch): void {
    this.dispatchEvent(new CustomEvent<Stretch>("stretch", { detail }));
  }

  static override styles = [
    controls,
    css`
      :host {
        position: absolute;
        z-index: 1;
        top: 0;
        left: 0;
      }

      button {
        width: 1.5rem;
        min-height: 1.5rem;
        padding: 0;
        border-radius: 0;
        cursor: nwse-resize;
        touch-action: none;
      }

      button::before {
        content: "";
        position: absolute;
        top: 3px;
        left: 3px;
        width: 0.55rem;
        height: 0.55rem;
        border: solid var(--edge);
        border-width: 2px 0 0 2px;
        border-top-left-radius: 4px;
      }

      button:focus-visible {
        outline-offset: -2px;
      }
    `,
  ];
}

declare global {
  interface HTMLElementTagNameMap {
    "parley-corner": ResizeCorner;
  }
}

import { css, html, LitElement, svg, type SVGTemplateResult, type TemplateResult } from "lit";
import { customElement, property } from "lit/decorators.js";
import type { Activity, Availability } from "../protocol/wire";
import { presenceWords } from "./words";

// Told apart by shape as well as by colour.
const marks: Record<Activity | Availability, SVGTemplateResult> = {
  online: svg`<circle cx="8" cy="8" r="7" fill="currentColor"/><path d="m5 8.2 2.2 2.2L11 6"/>`,
  away: svg`<circle cx="8" cy="8" r="7" fill="currentColor"/><path d="M8 4.5V8l2.5 1.5"/>`,
  busy: svg`<circle cx="8" cy="8" r="7" fill="currentColor"/><path d="M4.8 8h6.4"/>`,
  offline: svg`<circle cx="8" cy="8" r="6" fill="none" class="ring"/>`,
};

/** Whether somebody is there: a mark and a word. */
@customElement("parley-presence")
export class PresenceMark extends LitElement {
  @property({ reflect: true }) value: Activity | Availability = "offline";

  protected override render(): TemplateResult {
    return html`<svg viewBox="0 0 16 16" aria-hidden="true">${marks[this.value]}</svg
      >${presenceWords[this.value]}`;
  }

  static override styles = css`
    :host {
      display: inline-flex;
      align-items: center;
      gap: 0.3em;
      color: var(--ink-soft);
      font-size: var(--small);
      white-space: nowrap;
    }

    svg {
      width: 0.9em;
      height: 0.9em;
      flex: none;
      color: var(--ink-soft);
    }

    path {
      fill: none;
      stroke: var(--surface);
      stroke-width: 2;
      stroke-linecap: round;
    }

    .ring {
      stroke: currentColor;
      stroke-width: 2;
    }

    :host([value="online"]) svg {
      color: var(--good);
    }

    :host([value="away"]) svg {
      color: var(--warn);
    }

    :host([value="busy"]) svg {
      color: var(--bad);
    }
  `;
}

declare global {
  interface HTMLElementTagNameMap {
    "parley-presence": PresenceMark;
  }
}

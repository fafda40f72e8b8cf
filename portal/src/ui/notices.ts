import { css, html, LitElement, nothing, type TemplateResult } from "lit";
import { customElement, property } from "lit/decorators.js";
import { repeat } from "lit/directives/repeat.js";
import { controls } from "./controls";
import { tell } from "./events";
import { icon, type IconName } from "./icons";

/** A sentence about something that just happened. */
export interface Notice {
  id: number;
  kind: "done" | "news" | "trouble";
  text: string;
  /** Offers the troubleshooting tips. */
  tips?: boolean;
}

const pictures: Record<Notice["kind"], IconName> = { done: "done", trouble: "warning", news: "people" };

/** What just happened, in front of the page until it was read. */
@customElement("parley-notices")
export class Notices extends LitElement {
  @property({ attribute: false }) notices: readonly Notice[] = [];

  protected override render(): TemplateResult {
    const of = (trouble: boolean): readonly Notice[] =>
      this.notices.filter(({ kind }) => (kind === "trouble") === trouble);
    return html`
      <div role="alert">${repeat(of(true), keyOf, (notice) => this.notice(notice))}</div>
      <div role="status">${repeat(of(false), keyOf, (notice) => this.notice(notice))}</div>
    `;
  }

  private notice({ id, kind, text, tips }: Notice): TemplateResult {
    return html`<div class="notice ${kind}">
      ${icon(pictures[kind])}
      <div class="text">
        <p>${text}</p>
        ${
          tips
            ? html`<button class="link" type="button" @click=${() => tell(this, "parley-tips", null)}>
                Troubleshooting tips
              </button>`
            : nothing
        }
      </div>
      <button
        class="quiet icon"
        type="button"
        aria-label="Close this notice"
        title="Close this notice"
        @click=${() => tell(this, "parley-noticed", { id })}
      >
        ${icon("close")}
      </button>
    </div>`;
  }

  static override styles = [
    controls,
    css`
      :host {
        position: fixed;
        z-index: 30;
        bottom: var(--s2);
        left: var(--s4);
        width: min(22rem, 100vw - 2 * var(--s4));
        pointer-events: none;
      }

      /* On a narrow screen in front of the top bar, the least needed there. */
      @media (max-width: 48rem) {
        :host {
          top: var(--s2);
          bottom: auto;
        }

        [role="status"] .notice:not(:last-child) {
          display: none;
        }
      }

      .notice {
        display: flex;
        align-items: center;
        gap: var(--s2);
        margin-bottom: var(--s2);
        padding: var(--s2) var(--s2) var(--s2) var(--s3);
        border: 1px solid var(--line);
        border-inline-start: 4px solid var(--accent);
        border-radius: var(--round);
        background: var(--surface);
        box-shadow: var(--shadow);
        pointer-events: auto;
      }

      .notice > svg {
        color: var(--accent);
      }

      .text {
        flex: 1;
        min-width: 10rem;
        overflow-wrap: anywhere;
      }

      .text p {
        display: -webkit-box;
        overflow: hidden;
        -webkit-box-orient: vertical;
        -webkit-line-clamp: 4;
      }

      .link {
        min-height: 1.75rem;
        padding: 0;
        border: 0;
        color: var(--accent);
        background: none;
        text-decoration: underline;
      }

      .done {
        border-inline-start-color: var(--good);
      }

      .done > svg {
        color: var(--good);
      }

      .trouble {
        border-inline-start-color: var(--bad);
      }

      .trouble > svg {
        color: var(--bad);
      }
    `,
  ];
}

const keyOf = ({ id }: Notice): number => id;

declare global {
  interface HTMLElementTagNameMap {
    "parley-notices": Notices;
  }
}

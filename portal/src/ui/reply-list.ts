import { css, html, LitElement, type TemplateResult } from "lit";
import { customElement, property } from "lit/decorators.js";
import { controls } from "./controls";
import type { Reply } from "./replies";

/** The ready replies that are meant by what stands in the composer. The composer has the focus and the keys. */
@customElement("parley-reply-list")
export class ReplyList extends LitElement {
  @property({ attribute: false }) list: readonly Reply[] = [];
  /** The one that Enter takes. */
  @property({ type: Number }) at = 0;

  protected override render(): TemplateResult {
    const marked = this.list[this.at];
    return html`
      <ul>
        ${this.list.map(
          (reply) =>
            html`<li
              class=${reply === marked ? "marked" : ""}
              @pointerdown=${(event: Event) => event.preventDefault()}
              @click=${() => this.dispatchEvent(new CustomEvent("pick", { detail: reply }))}
            >
              <b>/${reply.name}</b> <span>${reply.text}</span>
            </li>`,
        )}
      </ul>
      <p class="unseen" role="status">
        ${marked ? `Ready reply ${this.at + 1} of ${this.list.length}: ${marked.name}. ${marked.text}` : ""}
      </p>
    `;
  }

  static override styles = [
    controls,
    css`
      :host {
        display: block;
        max-height: 12rem;
        margin-bottom: var(--s1);
        overflow-y: auto;
        border: 1px solid var(--line);
        border-radius: var(--round);
        background: var(--surface);
        box-shadow: var(--shadow);
      }

      li {
        padding: var(--s1) var(--s3);
        cursor: pointer;
      }

      li:hover,
      .marked {
        background: var(--accent-soft);
      }

      .marked {
        border-inline-start: 3px solid var(--accent);
      }

      span {
        color: var(--ink-soft);
        font-size: var(--small);
      }
    `,
  ];
}

declare global {
  interface HTMLElementTagNameMap {
    "parley-reply-list": ReplyList;
  }
}

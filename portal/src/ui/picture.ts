import { css, html, LitElement, type PropertyValues, type TemplateResult } from "lit";
import { customElement, property, query, state } from "lit/decorators.js";
import type { Image } from "../protocol/wire";
import { controls } from "./controls";
import { tell } from "./events";

const highest = 20; // Root ems.
const kinds = new Set(["image/webp", "image/jpeg", "image/png"]);

/** The address of an image that is here; empty for what is none. */
export function addressOf({ type, data = "" }: Image): string {
  return kinds.has(type) && data !== "" ? `data:${type};base64,${data}` : "";
}

/** The image of a message. One that is not here yet is asked for; pressed, it is shown as large as there is room. */
@customElement("parley-picture")
export class Picture extends LitElement {
  @property() session = "";
  @property({ type: Number }) seq = 0;
  @property({ attribute: false }) image!: Image;
  @property() alt = "";

  @state() private brought: Image | undefined;
  @state() private missing = false;
  @query("dialog") private readonly dialog!: HTMLDialogElement;

  protected override updated(changed: PropertyValues<this>): void {
    if (!changed.has("image") || addressOf(this.image) !== "" || this.brought) return;
    const take = (image: Promise<Image>): void => void this.wait(image);
    tell(this, "parley-picture", { session: this.session, seq: this.seq, take });
  }

  protected override render(): TemplateResult {
    const { width, height } = this.image;
    const address = addressOf(this.brought ?? this.image);
    const words = this.alt || "Image without a description";
    // Set as a property: the page's policy refuses styles that stand in an attribute.
    const style = `aspect-ratio: ${width} / ${height}; width: min(${width}px, ${(highest * width) / height}rem)`;
    if (address === "") {
      return html`<p class="place" .style=${style}>
        <span>${this.missing ? `This image is not there any more: ${words}` : "Bringing the image…"}</span>
      </p>`;
    }
    return html`<button
        class="quiet"
        type="button"
        aria-label=${`Show larger: ${words}`}
        @click=${() => this.dialog.showModal()}
      >
        <img src=${address} alt="" .style=${style} />
      </button>
      <dialog aria-label=${words} @click=${() => this.dialog.close()}>
        <img src=${address} alt=${words} />
        <button class="primary" type="button" autofocus>Close</button>
      </dialog>`;
  }

  private async wait(coming: Promise<Image>): Promise<void> {
    try {
      this.brought = await coming;
    } catch {
      this.missing = true;
    }
  }

  static override styles = [
    controls,
    css`
      :host {
        display: block;
        min-width: 0;
      }

      button.quiet {
        display: block;
        padding: 0;
      }

      button img,
      .place {
        display: block;
        max-width: 100%;
        border-radius: var(--round);
        object-fit: contain;
      }

      .place {
        display: grid;
        place-items: center;
        padding: var(--s2);
        color: var(--ink-soft);
        background: var(--surface);
      }

      dialog {
        padding: var(--s2);
        border: 1px solid var(--line);
        border-radius: var(--round);
        background: var(--surface);
      }

      dialog::backdrop {
        background: #000c;
      }

      dialog img {
        display: block;
        max-width: 90vw;
        max-height: 80vh;
        margin: 0 auto var(--s2);
      }
    `,
  ];
}

declare global {
  interface HTMLElementTagNameMap {
    "parley-picture": Picture;
  }
}

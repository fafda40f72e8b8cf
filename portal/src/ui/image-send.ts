import { css, html, LitElement, nothing, type TemplateResult } from "lit";
import { customElement, property, query, state } from "lit/decorators.js";
import type { Image } from "../protocol/wire";
import { limits } from "../protocol/wire";
import { controls } from "./controls";
import { dialogStyles } from "./dialog-styles";
import { tell } from "./events";
import { icon } from "./icons";
import { addressOf } from "./picture";
import { room } from "./room";
import { shrunk, Unfit } from "./shrink";

/** Where an image is looked at and described before it is sent. */
@customElement("parley-image-send")
export class ImageSend extends LitElement {
  @property() session = "";
  /** Draws an image again so that it fits. */
  @property({ attribute: false }) shrink: (file: Blob) => Promise<Image> = shrunk;

  @state() private image: Image | undefined;
  @state() private trouble = "";
  @state() private moves = false;
  @state() private complaint = "";
  @query("dialog") private readonly dialog!: HTMLDialogElement;
  @query("#file") private readonly file!: HTMLInputElement;
  @query("#alt") private readonly alt!: HTMLInputElement;

  private round = 0; // What was drawn for one that was closed is not shown.

  /** Lets the reader choose a file. */
  choose(): void {
    this.file.value = "";
    this.file.click();
  }

  /** Shows the image of a file. */
  async show(file: Blob): Promise<void> {
    const round = ++this.round;
    this.image = undefined;
    this.trouble = "";
    this.complaint = "";
    this.moves = file.type === "image/gif" || file.type === "image/apng";
    await this.updateComplete;
    this.alt.value = "";
    if (!this.dialog.open) this.dialog.showModal();
    try {
      const image = await this.shrink(file);
      if (round === this.round) this.image = image;
    } catch (error) {
      const why = error instanceof Unfit ? error.message : "This image cannot be sent. Try another.";
      if (round === this.round) this.trouble = why;
    }
  }

  protected override render(): TemplateResult {
    return html`<input
        id="file"
        type="file"
        accept="image/*"
        hidden
        aria-label="Image to send"
        @change=${() => this.chosen()}
      />
      <dialog aria-labelledby="title" @close=${() => this.forget()}>
        <form novalidate @submit=${(event: Event) => this.submitted(event)}>
          <h2 id="title">Send an image</h2>
          <div class="preview">${this.preview()}</div>
          ${this.moves ? html`<p>Only the first picture of it is sent: images in a chat do not move.</p>` : nothing}
          <div ?hidden=${this.trouble !== ""}>
            <label for="alt">What is to be seen on it (optional)</label>
            <input
              id="alt"
              autocomplete="off"
              aria-describedby="hint complaint"
              @input=${() => (this.complaint = this.complaint && this.wrong())}
            />
            <p id="hint">For people who cannot see it, and for saved texts.</p>
            <p id="complaint" class="bad" role="alert">${this.complaint}</p>
          </div>
          <p class="buttons">
            <button type="button" @click=${() => this.dialog.close()}>Cancel</button>
            <button class="primary" type="submit" aria-disabled=${!this.image}>
              ${icon("send")}Send image
            </button>
          </p>
        </form>
      </dialog>`;
  }

  private preview(): TemplateResult {
    if (this.trouble) return html`<p class="bad" role="alert">${this.trouble}</p>`;
    if (!this.image) return html`<p role="status">Making it small enough…</p>`;
    const { width, height } = this.image;
    return html`<img
      src=${addressOf(this.image)}
      width=${width}
      height=${height}
      alt="The image to be sent"
    />`;
  }

  private chosen(): void {
    const [file] = this.file.files ?? [];
    if (file) void this.show(file);
  }

  private wrong(): string {
    return room(this.alt.value, limits.maxProblem) < 0 ? "Say it in fewer words." : "";
  }

  private submitted(event: Event): void {
    event.preventDefault();
    if (!this.image) return;
    this.complaint = this.wrong();
    if (this.complaint) return this.alt.focus();
    tell(this, "parley-say", { session: this.session, text: this.alt.value.trim(), image: this.image });
    this.dialog.close();
  }

  private forget(): void {
    this.round++;
    this.image = undefined;
    this.dispatchEvent(new CustomEvent("done"));
  }

  static override styles = [
    controls,
    dialogStyles,
    css`
      .preview {
        display: grid;
        place-items: center;
        min-height: 8rem;
        margin-bottom: var(--s4);
        border-radius: var(--round);
        background: var(--sunken);
      }

      .preview p {
        padding: var(--s3);
      }

      img {
        max-width: 100%;
        max-height: 40vh;
        width: auto;
        height: auto;
      }

      label {
        display: block;
        font-weight: 600;
      }

      #alt {
        width: 100%;
      }

      #hint {
        color: var(--ink-soft);
        font-size: var(--small);
      }

      .bad {
        color: var(--bad);
      }
    `,
  ];
}

declare global {
  interface HTMLElementTagNameMap {
    "parley-image-send": ImageSend;
  }
}

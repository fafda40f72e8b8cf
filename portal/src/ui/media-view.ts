import { css, html, LitElement, type TemplateResult } from "lit";
import { customElement, property, query } from "lit/decorators.js";

/** The sound and picture of one participant in a call. */
@customElement("parley-media")
export class MediaView extends LitElement {
  @property({ attribute: false }) stream: MediaStream | undefined;
  /** Whose it is. */
  @property() name = "";
  /** Whether it is the reader's own: without sound, and mirrored. */
  @property({ type: Boolean, reflect: true }) own = false;

  @query("video") private readonly video!: HTMLVideoElement;

  protected override render(): TemplateResult {
    return html`<video
        autoplay
        playsinline
        aria-label=${this.own ? "Your own picture" : `Picture of ${this.name}`}
        .muted=${this.own}
        .srcObject=${this.stream ?? null}
        @loadedmetadata=${() => this.play()}
      ></video>
      <span aria-hidden="true">${this.name}</span>`;
  }

  // Where the browser holds back sound until the page is touched, the first
  // touch starts it; the participant has pressed Call or Accept by then.
  private play(): void {
    void this.video.play().catch(() => undefined);
  }

  static override styles = css`
    :host {
      position: relative;
      display: block;
      min-width: 0;
      min-height: 0;
      background: #0b0e11;
    }

    video {
      display: block;
      width: 100%;
      height: 100%;
      object-fit: contain;
    }

    :host([own]) video {
      scale: -1 1;
      object-fit: cover;
    }

    span {
      position: absolute;
      left: 0.25rem;
      bottom: 0.25rem;
      padding: 0 0.25rem;
      border-radius: 0.25rem;
      color: #fff;
      background: #000a;
      font-size: 0.75rem;
    }
  `;
}

declare global {
  interface HTMLElementTagNameMap {
    "parley-media": MediaView;
  }
}

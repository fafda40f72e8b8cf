import { css, html, LitElement, nothing, type TemplateResult } from "lit";
import { customElement, property, query, state } from "lit/decorators.js";
import { limits } from "../protocol/wire";
import { controls } from "./controls";
import { backOf, keepDraft, keptDraft } from "./drafts";
import "./emoji-picker";
import { tell } from "./events";
import { icon } from "./icons";
import "./image-send";
import type { ImageSend } from "./image-send";
import "./menu";
import { filled, meant, replies, type Reply, type ReplyWords } from "./replies";
import "./reply-list";
import { characters, room } from "./room";
import "./secret-send";
import type { SecretSend } from "./secret-send";
import { suspicion } from "./suspicion";

const additions = [
  { id: "image", label: "Send an image", picture: icon("image") },
  { id: "secret", label: "Send as secret", picture: icon("lock") },
];
const near = 1024; // The room in characters from which on the reader is told of it.
const compositionTail = 50; // Milliseconds.

/**
 * Where a message is written. Enter sends, Shift+Enter breaks the line, and for
 * a technician a slash at the beginning offers the ready replies.
 */
@customElement("parley-composer")
export class Composer extends LitElement {
  @property() session = "";

  /** What ready replies speak of; none for those who have none. */
  @property({ attribute: false }) speaksOf: ReplyWords | undefined;

  /** Who else takes part: "Carol Jones". */
  @property() to = "";

  /** What the message seems to hold that should not stay; asked about before it is sent. */
  @state() private doubt: string | undefined;
  @state() private draft = "";
  @state() private offered: readonly Reply[] = [];
  @state() private marked = 0;
  @query("textarea") private readonly field!: HTMLTextAreaElement;
  @query("parley-image-send") private readonly images!: ImageSend;
  @query("parley-secret-send") private readonly secret!: SecretSend;

  // A window of its own that has gone gives back what was being written there.
  private readonly back = (event: MessageEvent): void => {
    const back = backOf(event);
    if (back?.session === this.session) this.put(back.draft);
  };
  private composedAt = Number.NEGATIVE_INFINITY;

  /** Puts the caret into the message. */
  override focus(options?: FocusOptions): void {
    this.field.focus(options);
  }

  override connectedCallback(): void {
    super.connectedCallback();
    window.addEventListener("message", this.back);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    window.removeEventListener("message", this.back);
  }

  protected override firstUpdated(): void {
    const kept = keptDraft(this.session);
    if (kept !== "") this.put(kept);
  }

  protected override render(): TemplateResult {
    const left = room(this.draft, limits.maxText);
    const tooLong = left < 0;
    return html`
      ${
        this.offered.length > 0
          ? html`<parley-reply-list
              .list=${this.offered}
              .at=${this.marked}
              @pick=${(event: CustomEvent<Reply>) => this.take(event.detail)}
            ></parley-reply-list>`
          : nothing
      }
      ${this.doubt === undefined ? nothing : this.doubts(this.doubt)}
      <form @submit=${(event: Event) => this.submitted(event)}>
        <parley-emoji @pick=${(event: CustomEvent<string>) => this.insert(event.detail)}></parley-emoji>
        <parley-menu
          name="Add to the chat"
          up
          .items=${additions}
          @choose=${(event: CustomEvent<string>) => this.adds(event.detail)}
          >${icon("add")}</parley-menu
        >
        <textarea
          aria-label="Message"
          aria-describedby="room"
          aria-invalid=${tooLong}
          placeholder="Write a message"
          rows="1"
          .value=${this.draft}
          @input=${() => this.changed()}
          @compositionend=${({ timeStamp }: Event) => (this.composedAt = timeStamp)}
          @keydown=${(event: KeyboardEvent) => this.pressed(event)}
          @paste=${(event: ClipboardEvent) => this.brought(event, event.clipboardData)}
          @dragover=${(event: DragEvent) => event.dataTransfer?.types.includes("Files") && event.preventDefault()}
          @drop=${(event: DragEvent) => this.brought(event, event.dataTransfer)}
        ></textarea>
        <button class="primary" type="submit" aria-disabled=${tooLong || this.draft.trim() === ""}>
          ${icon("send")}<span>Send</span>
        </button>
      </form>
      <p id="room" class=${tooLong ? "room over" : "room"} role="status">${roomWords(left)}</p>
      <parley-image-send .session=${this.session} @done=${() => this.field.focus()}></parley-image-send>
      <parley-secret-send
        .session=${this.session}
        .to=${this.to}
        @sent=${() => this.field.focus()}
      ></parley-secret-send>
    `;
  }

  private adds(what: string): void {
    if (what === "image") this.images.choose();
    else void this.secret.show();
  }

  // Whatever else was copied or dropped goes its usual way.
  private brought(event: Event, from: DataTransfer | null): void {
    const image = [...(from?.files ?? [])].find(({ type }) => type.startsWith("image/"));
    if (!image) return;
    event.preventDefault();
    void this.images.show(image);
  }

  // Never in the way: what it is about may be no secret at all.
  private doubts(what: string): TemplateResult {
    return html`<div
      class="doubt"
      role="alertdialog"
      aria-label="Send this as a secret?"
      aria-describedby="doubt"
      @keydown=${(event: KeyboardEvent) => event.key === "Escape" && this.rethink()}
    >
      <p id="doubt">
        ${icon("warning")}This looks like ${what}. A message stays in the history and in saved copies.
      </p>
      <p class="choices">
        <button class="primary" type="button" @click=${() => this.asSecret()}>
          ${icon("lock")}Send as secret
        </button>
        <button type="button" @click=${() => this.send(true)}>Send anyway</button>
        <button class="quiet" type="button" @click=${() => this.rethink()}>Change it</button>
      </p>
    </div>`;
  }

  private rethink(): void {
    this.doubt = undefined;
    this.field.focus();
  }

  private asSecret(): void {
    void this.secret.show(this.draft);
    this.empty();
  }

  /** Puts text where the caret is. */
  private insert(text: string): void {
    this.field.focus();
    this.field.setRangeText(text, this.field.selectionStart, this.field.selectionEnd, "end");
    this.changed();
  }

  private take({ text }: Reply): void {
    if (!this.speaksOf) return;
    this.put(filled(text, this.speaksOf));
    this.field.focus();
  }

  private put(text: string): void {
    this.field.value = text;
    this.changed();
  }

  private changed(): void {
    this.draft = this.field.value;
    this.doubt = undefined;
    keepDraft(this.session, suspicion(this.draft) === undefined ? this.draft : "");
    this.offered = this.speaksOf ? meant(this.draft, replies()) : [];
    this.marked = 0;
    this.grow();
    tell(this, "parley-draft", { session: this.session, text: this.draft });
  }

  // While an input method composes, Enter chooses a word and is not ours.
  // Safari tells of that Enter just after the composition has ended.
  private pressed(event: KeyboardEvent): void {
    const composing = event.isComposing || event.timeStamp - this.composedAt < compositionTail;
    if (!composing && this.offered.length > 0 && this.choosing(event.key)) return event.preventDefault();
    if (event.key !== "Enter" || event.shiftKey || composing) return;
    event.preventDefault();
    this.send();
  }

  // The keys of the ready replies while they are offered.
  private choosing(key: string): boolean {
    const many = this.offered.length;
    const chosen = this.offered[this.marked];
    if (key === "ArrowDown") this.marked = (this.marked + 1) % many;
    else if (key === "ArrowUp") this.marked = (this.marked - 1 + many) % many;
    else if (key === "Escape") this.offered = [];
    else if ((key === "Enter" || key === "Tab") && chosen) this.take(chosen);
    else return false;
    return true;
  }

  private submitted(event: Event): void {
    event.preventDefault();
    this.send();
    if (this.doubt === undefined) this.focus();
  }

  private send(surely = false): void {
    const text = this.draft;
    if (text.trim() === "" || room(text, limits.maxText) < 0) return;
    this.doubt = surely ? undefined : suspicion(text);
    if (this.doubt !== undefined) return this.focusDoubt();
    tell(this, "parley-say", { session: this.session, text });
    this.empty();
    if (surely) this.field.focus();
  }

  private focusDoubt(): void {
    void this.updateComplete.then(() => this.renderRoot.querySelector<HTMLElement>(".doubt button")?.focus());
  }

  private empty(): void {
    this.draft = "";
    this.doubt = undefined;
    this.offered = [];
    this.field.value = "";
    keepDraft(this.session, "");
    this.grow();
    tell(this, "parley-draft", { session: this.session, text: "" });
  }

  // The field is as high as its text, up to the limit in the style sheet.
  private grow(): void {
    this.field.style.height = "auto";
    const borders = this.field.offsetHeight - this.field.clientHeight;
    this.field.style.height = `${this.field.scrollHeight + borders}px`;
  }

  static override styles = [
    controls,
    css`
      :host {
        display: block;
        padding: 0 var(--s3) var(--s2);
        container-type: inline-size;
      }

      /* The button keeps its name for those who hear it. */
      @container (width < 24rem) {
        form .primary span {
          position: absolute;
          width: 1px;
          overflow: hidden;
          clip-path: inset(50%);
        }
      }

      form {
        display: flex;
        align-items: end;
        gap: var(--s2);
      }

      textarea {
        flex: 1;
        min-width: 0;
        max-height: 10rem;
        padding: 0.375rem var(--s3);
        line-height: 1.5rem;
        resize: none;
      }

      .doubt {
        margin-bottom: var(--s2);
        padding: var(--s3);
        border-radius: var(--round);
        color: var(--warn);
        background: var(--warn-soft);
      }

      .doubt p {
        display: flex;
        gap: var(--s2);
      }

      .doubt .choices {
        flex-wrap: wrap;
        margin-top: var(--s2);
      }

      .doubt button:not(.primary) {
        color: var(--ink);
      }

      .room {
        min-height: 0;
        color: var(--ink-soft);
        font-size: var(--small);
      }

      .room:not(:empty) {
        padding-top: var(--s1);
      }

      .over {
        color: var(--bad);
      }
    `,
  ];
}

function roomWords(left: number): string {
  if (left > near) return "";
  if (left >= 0) return `There is room for about ${characters(left)} more.`;
  return `This message is about ${characters(-left)} too long. Shorten it, or send it as two.`;
}

declare global {
  interface HTMLElementTagNameMap {
    "parley-composer": Composer;
  }
}

import { html, LitElement, nothing, type PropertyValues, type TemplateResult } from "lit";
import { customElement, property, query, state } from "lit/decorators.js";
import { repeat } from "lit/directives/repeat.js";
import { isSaid, type Outgoing } from "../client/index";
import type { Entry, Image, Mark, Person } from "../protocol/wire";
import { toClipboard } from "./clipboard";
import { controls } from "./controls";
import { tell } from "./events";
import { icon } from "./icons";
import { arrange, type Block, type Line, type SecretLine } from "./lines";
import { linked, type Part } from "./links";
import "./picture";
import { Reading } from "./reading";
import "./secret-show";
import type { SecretShow } from "./secret-show";
import { tickOf, type Tick } from "./ticks";
import { localTime, wholeTime } from "./time";
import { transcriptStyles } from "./transcript-styles";

const pictures = { sent: "tick", delivered: "ticks", read: "read" } as const;
const near = 32; // Pixels from the end that still count as being there.

/** The conversation so far. It follows new lines only while the reader is at the end. */
@customElement("parley-transcript")
export class Transcript extends LitElement {
  @property() session = "";
  @property({ attribute: false }) entries: readonly Entry[] = [];
  @property({ attribute: false }) outgoing: readonly Outgoing[] = [];
  @property({ attribute: false }) me: Person = { id: "", name: "", role: "contact" };
  /** Who else takes part: how far they have come is shown. */
  @property({ attribute: false }) others: readonly Person[] = [];
  @property({ attribute: false }) marks: readonly Mark[] = [];
  @property({ attribute: false }) contact: Person = { id: "", name: "", role: "contact" };
  /** The service's clock in milliseconds since 1970, which decides what is today. */
  @property({ attribute: false }) now: () => number = Date.now;

  /** Whether the session is over: what was secret is gone. */
  @property({ type: Boolean }) over = false;

  @state() private unread = 0;
  @query("parley-secret-show") private readonly shows!: SecretShow;
  @query(".scroll") private readonly scroller!: HTMLElement;

  protected readonly reading = new Reading(this, (seq) => {
    tell(this, "parley-read", { session: this.session, seq });
  });
  private atEnd = true;
  private top = 0;
  private readonly resized =
    typeof ResizeObserver === "undefined" ? undefined : new ResizeObserver(() => this.follow());

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.resized?.disconnect();
  }

  override connectedCallback(): void {
    super.connectedCallback();
    if (this.hasUpdated) this.observe();
  }

  protected override firstUpdated(): void {
    this.observe();
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    const spoke = changed.has("outgoing") && this.outgoing.length > (changed.get("outgoing")?.length ?? 0);
    if (spoke) this.atEnd = true;
    const before = changed.get("entries");
    if (before && !this.atEnd) this.unread += newMessages(before, this.entries, this.me);
    if (this.atEnd) this.unread = 0;
  }

  protected override updated(): void {
    this.follow();
  }

  protected override render(): TemplateResult {
    const blocks = arrange(this.entries, this.outgoing, this.me, this.contact, this.now());
    const words = this.unread === 1 ? "1 new message" : `${this.unread} new messages`;
    return html`
      <div class="scroll" role="log" aria-label="Conversation" tabindex="0" @scroll=${() => this.scrolled()}>
        <div class="content">
          ${repeat(
            blocks,
            (block) => block.key,
            (block) => this.block(block),
          )}
        </div>
      </div>
      <button class="new primary" type="button" ?hidden=${this.unread === 0} @click=${() => this.toEnd()}>
        ${icon("down")}${words}
      </button>
      <parley-secret-show .session=${this.session}></parley-secret-show>
    `;
  }

  private block(block: Block): TemplateResult {
    switch (block.kind) {
      case "day":
        return html`<p class="day"><span>${block.name}</span></p>`;
      case "system":
        return html`<p
          class=${block.joined ? "system joined" : "system"}
          title=${wholeTime(block.at)}
          data-seq=${block.seq}
        >
          ${block.text}
        </p>`;
      case "group":
        return html`<div class=${block.own ? "group own" : "group"}>
          <p class="head">
            <span class="who">${block.own ? "You" : block.by.name}</span>
            <time datetime=${new Date(block.at).toISOString()} title=${wholeTime(block.at)}>
              ${localTime(block.at)}
            </time>
          </p>
          ${repeat(
            block.lines,
            (line) => line.key,
            (line) => this.line(line, block.own),
          )}
        </div>`;
    }
  }

  private line(line: Line, own: boolean): TemplateResult {
    return html`<div class="line ${line.delivery.kind}" data-seq=${line.seq ?? nothing}>
      ${
        line.secret
          ? this.secret(line.secret, line.seq ?? 0, own)
          : line.image
            ? this.picture(line, line.image)
            : html`<p class="text">${linked(line.text).map(link)}</p>`
      }
      ${own ? this.mark(line) : nothing}
    </div>`;
  }

  // Who has seen a secret is said instead of its text.
  private secret({ until, shown }: SecretLine, seq: number, own: boolean): TemplateResult {
    const gone = this.over || this.now() >= until;
    const who = shown?.by.id === this.me.id ? "you" : shown?.by.name;
    const state = shown
      ? `Shown to ${who ?? ""} at ${localTime(shown.at)}`
      : gone
        ? "Gone without being shown"
        : `Can be shown once, until ${localTime(until)}`;
    const from = this.entries.find((entry) => entry.seq === seq)?.by.name ?? "";
    return html`<p class="secret">${icon("lock")}<b>${own ? "Secret" : `Secret from ${from}`}</b></p>
      ${
        own || shown || gone
          ? nothing
          : html`<button type="button" @click=${() => void this.shows.show(seq, from)}>Show once</button>`
      }
      <p class="state">${state}</p>`;
  }

  private picture({ text, seq = 0 }: Line, image: Image): TemplateResult {
    return html`<parley-picture
        .session=${this.session}
        .seq=${seq}
        .image=${image}
        .alt=${text}
      ></parley-picture>
      ${text ? html`<p class="state">${text}</p>` : nothing}`;
  }

  private mark(line: Line): TemplateResult {
    const { delivery, seq } = line;
    switch (delivery.kind) {
      case "kept":
      case "sent":
        return this.tick(tickOf(seq ?? Infinity, this.marks, this.others));
      case "waiting":
        return html`<span class="mark">${icon("waiting")}Waiting for the connection</span>`;
      case "sending":
        return html`<span class="mark" title="Sending">
          ${icon("waiting")}<span class="unseen">Sending</span>
        </span>`;
      case "failed":
        return html`<span class="mark bad">
          ${icon("warning")}Not sent. ${delivery.fault.message}
          <button type="button" @click=${() => this.copy(line.text)}>Copy</button>
          <button type="button" @click=${() => this.again(line.message)}>Try again</button>
          <button type="button" @click=${() => this.discard(line.message)}>Discard</button>
        </span>`;
    }
  }

  private tick({ kind, words }: Tick): TemplateResult {
    return html`<span class="mark ${kind}" title=${words}>
      ${icon(pictures[kind])}<span class="unseen">${words}</span>
    </span>`;
  }

  private copy(text: string): void {
    void toClipboard(this, text, "The message is on the clipboard.", "Mark its text and copy it.");
  }

  private again(message: string): void {
    tell(this, "parley-again", { session: this.session, message });
  }

  private discard(message: string): void {
    tell(this, "parley-discard", { session: this.session, message });
  }

  private observe(): void {
    this.resized?.observe(this.scroller);
    for (const content of this.scroller.children) this.resized?.observe(content);
  }

  // Only moving up leaves the end; that the text grew below does not.
  private scrolled(): void {
    const { scrollHeight, scrollTop, clientHeight } = this.scroller;
    const movedUp = scrollTop < this.top;
    this.atEnd = scrollHeight - scrollTop - clientHeight <= near || (this.atEnd && !movedUp);
    this.top = scrollTop;
    if (this.atEnd) this.unread = 0;
  }

  private toEnd(): void {
    this.atEnd = true;
    this.unread = 0;
    this.follow();
    this.scroller.focus();
  }

  private follow(): void {
    if (this.atEnd) this.scroller.scrollTop = this.scroller.scrollHeight;
  }

  static override styles = [controls, transcriptStyles];
}

// What a link leads to learns nothing of this page, and cannot reach it.
function link({ text, href }: Part): string | TemplateResult {
  if (href === undefined) return text;
  return html`<a href=${href} target="_blank" rel="noopener noreferrer nofollow">${text}</a>`;
}

function newMessages(before: readonly Entry[], after: readonly Entry[], me: Person): number {
  const last = before.at(-1)?.seq ?? 0;
  return after.filter((entry) => entry.seq > last && isSaid(entry) && entry.by.id !== me.id).length;
}

declare global {
  interface HTMLElementTagNameMap {
    "parley-transcript": Transcript;
  }
}

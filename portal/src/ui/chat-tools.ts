import { css, html, LitElement, type TemplateResult } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import type { Entry, Image, Person } from "../protocol/wire";
import { othersOf, type ChatView } from "./chat-notes";
import { toClipboard } from "./clipboard";
import { controls } from "./controls";
import { asText, copyOf, type CopyForm } from "./copies";
import { tell } from "./events";
import { icon } from "./icons";
import "./menu";
import { listed } from "./words";

const forms: { id: CopyForm; label: string }[] = [
  { id: "text", label: "Save as text" },
  { id: "html", label: "Save as a web page" },
  { id: "json", label: "Save as JSON" },
];
const pause = 30_000; // Milliseconds between two nudges, as the service has it.

/** What both sides can do with a chat: save it, copy it, and call for attention. */
@customElement("parley-chat-tools")
export class ChatTools extends LitElement {
  @property({ attribute: false }) view!: ChatView;
  @property({ attribute: false }) me!: Person;

  @state() private resting = false;
  private timer: ReturnType<typeof setTimeout> | undefined;

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    clearTimeout(this.timer);
    this.resting = false;
  }

  protected override render(): TemplateResult {
    const others = listed(othersOf(this.view.session, this.me).map(({ name }) => name));
    const nudge = this.resting ? "You have just called for attention" : `Call for ${others}'s attention`;
    return html`
      <parley-menu
        name="Save this chat"
        .items=${forms}
        @choose=${(event: CustomEvent<CopyForm>) => void this.save(event.detail)}
        >${icon("save")}</parley-menu
      >
      <button
        class="icon quiet"
        type="button"
        aria-label="Copy this chat"
        title="Copy this chat"
        @click=${() => void this.copy()}
      >
        ${icon("copy")}
      </button>
      <button
        class="icon quiet"
        type="button"
        aria-label=${nudge}
        title=${nudge}
        aria-disabled=${this.resting}
        ?hidden=${others === "" || this.view.session.state !== "active"}
        @click=${() => this.nudge()}
      >
        ${icon("bell")}
      </button>
    `;
  }

  private async save(form: CopyForm): Promise<void> {
    const { session, entries: all } = this.view;
    const lacks = form !== "text" && all.some(({ image }) => image && image.data === undefined);
    const entries = lacks ? await Promise.all(all.map((one) => this.whole(one))) : all;
    const { name, type, content } = copyOf({ session, entries }, form);
    const address = URL.createObjectURL(new Blob([content], { type }));
    const link = document.createElement("a");
    link.href = address;
    link.download = name;
    link.click();
    // The browser has taken the file by then.
    setTimeout(() => URL.revokeObjectURL(address), 60_000);
  }

  // With its image, where that is to be had.
  private whole(entry: Entry): Promise<Entry> {
    if (!entry.image || entry.image.data !== undefined) return Promise.resolve(entry);
    let coming = Promise.resolve(entry.image);
    const take = (image: Promise<Image>): void => void (coming = image);
    tell(this, "parley-picture", { session: this.view.session.id, seq: entry.seq, take });
    return coming.then(
      (image) => ({ ...entry, image }),
      () => entry,
    );
  }

  private copy(): Promise<void> {
    return toClipboard(this, asText(this.view), "The chat is on the clipboard.", "Save the chat instead.");
  }

  private nudge(): void {
    if (this.resting) return;
    this.resting = true;
    this.timer = setTimeout(() => (this.resting = false), pause);
    tell(this, "parley-nudge", { session: this.view.session.id });
  }

  static override styles = [
    controls,
    css`
      :host {
        display: inline-flex;
        align-items: center;
      }
    `,
  ];
}

declare global {
  interface HTMLElementTagNameMap {
    "parley-chat-tools": ChatTools;
  }
}

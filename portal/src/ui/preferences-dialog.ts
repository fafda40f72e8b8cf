import { css, html, LitElement, nothing, type TemplateResult } from "lit";
import { customElement, property, query, state } from "lit/decorators.js";
import { controls } from "./controls";
import { dialogStyles } from "./dialog-styles";
import "./notify-offer";
import { keepReplies, readReplies, replies, writeReplies } from "./replies";
import { prefer, preferences, type Preferences } from "./preferences";

const themes: Record<Preferences["theme"], string> = {
  system: "As this computer",
  light: "Light",
  dark: "Dark",
};

/** The settings of one browser: colours and tone. They count at once. */
@customElement("parley-preferences")
export class PreferencesDialog extends LitElement {
  /** Whether the reader has ready replies. */
  @property({ type: Boolean }) technician = false;

  /** What the browser has been told of notifications. */
  @property() permission: NotificationPermission | "none" = "none";

  @state() private chosen = preferences();
  @query("textarea") private readonly texts!: HTMLTextAreaElement | null;
  @query("dialog") private readonly dialog!: HTMLDialogElement;

  /** Opens the dialog. */
  show(): void {
    this.chosen = preferences();
    if (this.texts) this.texts.value = writeReplies(replies());
    this.dialog.showModal();
  }

  protected override render(): TemplateResult {
    return html`
      <dialog aria-labelledby="title">
        <h2 id="title">Settings</h2>
        <fieldset>
          <legend>Colours</legend>
          ${Object.entries(themes).map(
            ([theme, words]) =>
              html`<label>
                <input
                  type="radio"
                  name="theme"
                  .checked=${this.chosen.theme === theme}
                  @change=${() => this.choose({ theme: theme as Preferences["theme"] })}
                />${words}
              </label>`,
          )}
        </fieldset>
        <fieldset>
          <legend>Sound</legend>
          <label>
            <input
              type="checkbox"
              .checked=${this.chosen.tone}
              @change=${() => this.choose({ tone: !this.chosen.tone })}
            />A tone on every message and call
          </label>
        </fieldset>
        ${
          this.permission === "default"
            ? html`<fieldset>
                <legend>Notifications</legend>
                <parley-notify permission="default"></parley-notify>
              </fieldset>`
            : nothing
        }
        <fieldset>
          <legend>Chat windows</legend>
          <label>
            <input
              type="checkbox"
              .checked=${this.chosen.autoClose}
              @change=${() => this.choose({ autoClose: !this.chosen.autoClose })}
            />Close the window when the session is ended
          </label>
          ${this.technician ? this.ownWindow() : nothing}
        </fieldset>
        ${this.technician ? this.replies() : nothing}
        <p><button class="primary" type="button" @click=${() => this.dialog.close()}>Done</button></p>
      </dialog>
    `;
  }

  private ownWindow(): TemplateResult {
    return html`<label>
      <input
        type="checkbox"
        .checked=${this.chosen.ownWindow}
        @change=${() => this.choose({ ownWindow: !this.chosen.ownWindow })}
      />Open each chat in a browser window of its own
    </label>`;
  }

  private replies(): TemplateResult {
    return html`<fieldset>
      <legend>Ready replies</legend>
      <label class="over" for="replies">One on each line: name, colon, text</label>
      <textarea
        id="replies"
        rows="6"
        aria-describedby="hint"
        @change=${({ target }: Event) => keepReplies(readReplies((target as HTMLTextAreaElement).value))}
      ></textarea>
      <p id="hint">
        Write /name in a message to use one. {contact}, {technician} and {device} are filled in; \\n breaks
        the line.
      </p>
    </fieldset>`;
  }

  private choose(part: Partial<Preferences>): void {
    this.chosen = { ...this.chosen, ...part };
    prefer(part);
  }

  static override styles = [
    controls,
    dialogStyles,
    css`
      fieldset {
        margin: var(--s4) 0;
        padding: 0;
        border: 0;
      }

      legend {
        padding: 0;
        color: var(--ink-soft);
        font-size: var(--small);
      }

      label {
        display: flex;
        align-items: center;
        gap: var(--s2);
        min-height: var(--target);
        cursor: pointer;
      }

      input {
        width: 1.25rem;
        min-height: 1.25rem;
        accent-color: var(--accent);
      }

      textarea {
        width: 100%;
      }

      #hint {
        color: var(--ink-soft);
        font-size: var(--small);
        text-align: start;
      }

      p {
        text-align: end;
      }
    `,
  ];
}

declare global {
  interface HTMLElementTagNameMap {
    "parley-preferences": PreferencesDialog;
  }
}

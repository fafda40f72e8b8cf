import { html, LitElement, nothing, type PropertyValues, type TemplateResult } from "lit";
import { customElement, property } from "lit/decorators.js";
import type { CallLine, CallPhase } from "../call/index";
import type { Call, CallPath } from "../protocol/wire";
import { endSentence, mediaSentence, type CallSentence } from "./call-sentences";
import { callStyles } from "./call-styles";
import { controls } from "./controls";
import "./elapsed";
import { tell } from "./events";
import { icon } from "./icons";
import "./media-view";
import { repeatTone } from "./tone";
import { callWords, listed, pathWords } from "./words";

/** What of a call is shown. */
export type CallView = Pick<
  CallLine,
  "phase" | "localStream" | "remotes" | "muted" | "cameraOff" | "failure"
>;

/** The view of a line on which there is no call. */
export const noCall: CallView = {
  phase: { kind: "idle" },
  localStream: undefined,
  remotes: [],
  muted: false,
  cameraOff: true,
  failure: undefined,
};

/** A session's call from ringing to the end; nothing while there is none. */
@customElement("parley-call-panel")
export class CallPanel extends LitElement {
  @property() session = "";
  @property({ attribute: false }) view: CallView = noCall;
  /** The reader's id. */
  @property() me = "";
  /** The names of the participants by id. */
  @property({ attribute: false }) names: ReadonlyMap<string, string> = new Map();
  /** The names of the others, as one says them. */
  @property() others = "";
  /** How far the service's clock is ahead of this one, in milliseconds. */
  @property({ type: Number }) ahead = 0;
  /** Whether ringing can be heard. */
  @property({ type: Boolean }) tone = false;

  private sounding: "ringing" | "calling" | undefined;
  private silence: (() => void) | undefined;

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.hush();
  }

  protected override updated(changed: PropertyValues<this>): void {
    if (changed.has("view") || changed.has("tone")) this.sound();
  }

  protected override render(): TemplateResult | typeof nothing {
    const { phase } = this.view;
    switch (phase.kind) {
      case "idle":
        return nothing;
      case "asking":
        return this.note(
          `Waiting for your ${phase.media === "video" ? "camera and microphone" : "microphone"}…`,
          "Allow it when the browser asks.",
        );
      case "calling":
        return this.calling(phase.call);
      case "ringing":
        return this.ringing(phase.call, phase.answering);
      case "elsewhere":
        return this.elsewhere(phase.call);
      case "connecting":
        return this.talking(phase.call, undefined, true);
      case "connected":
        return this.talking(phase.call, phase.path, false);
      case "over":
        // That a call has ended as it should stands in the transcript.
        return phase.why.kind === "ended" ? nothing : this.over(endSentence(phase.why, this.others));
    }
  }

  private note(what: string, advice: string): TemplateResult {
    return html`<div class="note" role="status">
      <p>${what}</p>
      <p class="advice">${advice}</p>
    </div>`;
  }

  // One's own call may hang in a page that is gone; so it can be ended from here.
  private elsewhere(call: Call): TemplateResult {
    const names = call.parties.map(({ id }) => this.names.get(id) ?? "somebody");
    if (!call.parties.some(({ id }) => id === this.me)) {
      return this.note(`${listed(names)} are in a ${callWords[call.media]}.`, "");
    }
    return html`<div class="bar">
      <div class="note" role="status">
        <p>You are in a ${callWords[call.media]} on another page.</p>
        <p class="advice">If that page is closed, hang up here and call again.</p>
      </div>
      ${this.button("Hang up", "hangUp", () => this.hangUp(), "danger")}
    </div>`;
  }

  private calling(call: Call): TemplateResult {
    return html`<div class="bar">
      <p class="grow" role="status">Calling ${this.others}…</p>
      ${this.button("Cancel call", "hangUp", () => this.hangUp(), "danger")}
      <span class="unseen">${callWords[call.media]}</span>
    </div>`;
  }

  private ringing(call: Call, answering: boolean): TemplateResult {
    const from = this.names.get(call.by) ?? this.others;
    const answer = (accept: boolean) => (): void =>
      tell(this, "parley-answer", { session: this.session, accept });
    return html`<div class="bar ring">
        <p class="grow" role="alert">
          ${icon(call.media === "video" ? "video" : "phone")} ${from} is calling you (${call.media}).
        </p>
        <div class="choices">
          <button class="primary" type="button" ?disabled=${answering} @click=${answer(true)}>
            ${icon(call.media === "video" ? "video" : "phone")}Accept
          </button>
          <button class="danger" type="button" @click=${answer(false)}>${icon("hangUp")}Decline</button>
        </div>
      </div>
      ${this.view.failure ? this.sentence(mediaSentence(this.view.failure)) : nothing}`;
  }

  private talking(call: Call, path: CallPath | undefined, connecting: boolean): TemplateResult {
    const { localStream, remotes, muted, cameraOff } = this.view;
    return html`<div class="call">
      <div class="stage" ?hidden=${call.media !== "video"}>
        ${remotes.map(
          ({ id, stream }) =>
            html`<parley-media .stream=${stream} name=${this.names.get(id) ?? "Somebody"}></parley-media>`,
        )}
        ${remotes.length === 0 ? html`<p class="empty">No picture yet</p>` : nothing}
        ${
          localStream && !cameraOff
            ? html`<parley-media class="own" own .stream=${localStream} name="You"></parley-media>`
            : nothing
        }
      </div>
      <div class="bar">
        <p class="grow state">
          <span role="status">${connecting ? "Connecting…" : path ? this.badge(path) : "Connected"}</span>
          ${
            call.answeredAt
              ? html`<parley-elapsed
                  name="Call time"
                  .since=${call.answeredAt}
                  .ahead=${this.ahead}
                ></parley-elapsed>`
              : nothing
          }
        </p>
        ${this.mute(muted)} ${call.media === "video" ? this.camera(cameraOff) : nothing}
        ${this.button("Hang up", "hangUp", () => this.hangUp(), "danger")}
      </div>
    </div>`;
  }

  private badge(path: CallPath): TemplateResult {
    return html`<span class="badge ${path}">${icon("path")}${pathWords[path]}</span>`;
  }

  private over(sentence: CallSentence): TemplateResult {
    return html`<div class="bar">
      ${this.sentence(sentence)}
      ${this.button("Close this note", "close", () => tell(this, "parley-call-seen", { session: this.session }), "quiet")}
    </div>`;
  }

  private sentence({ what, advice, trouble }: CallSentence): TemplateResult {
    return html`<div class=${trouble ? "note trouble" : "note"} role=${trouble ? "alert" : "status"}>
      <p>${what}</p>
      ${advice ? html`<p class="advice">${advice}</p>` : nothing}
    </div>`;
  }

  private mute(muted: boolean): TemplateResult {
    const turn = (): void => tell(this, "parley-microphone", { session: this.session, on: muted });
    return html`<button
      class=${muted ? "icon off" : "icon"}
      type="button"
      aria-label="Mute"
      aria-pressed=${muted}
      title=${muted ? "Your microphone is off" : "Mute"}
      @click=${turn}
    >
      ${icon(muted ? "micOff" : "mic")}
    </button>`;
  }

  private camera(off: boolean): TemplateResult {
    const turn = (): void => tell(this, "parley-camera", { session: this.session, on: off });
    return html`<button
      class=${off ? "icon off" : "icon"}
      type="button"
      aria-label="Camera"
      aria-pressed=${!off}
      title=${off ? "Your camera is off" : "Your camera is on"}
      @click=${turn}
    >
      ${icon(off ? "videoOff" : "video")}
    </button>`;
  }

  private button(name: string, picture: "hangUp" | "close", press: () => void, look: string): TemplateResult {
    return html`<button class="icon ${look}" type="button" aria-label=${name} title=${name} @click=${press}>
      ${icon(picture)}
    </button>`;
  }

  private hangUp(): void {
    tell(this, "parley-hang-up", { session: this.session });
  }

  private sound(): void {
    const wanted = this.tone ? soundOf(this.view.phase) : undefined;
    if (wanted === this.sounding) return;
    this.hush();
    this.sounding = wanted;
    if (wanted) this.silence = repeatTone(wanted);
  }

  private hush(): void {
    this.silence?.();
    this.silence = undefined;
    this.sounding = undefined;
  }

  static override styles = [controls, callStyles];
}

function soundOf(phase: CallPhase): "ringing" | "calling" | undefined {
  if (phase.kind === "ringing") return phase.answering ? undefined : "ringing";
  return phase.kind === "calling" ? "calling" : undefined;
}

declare global {
  interface HTMLElementTagNameMap {
    "parley-call-panel": CallPanel;
  }
}

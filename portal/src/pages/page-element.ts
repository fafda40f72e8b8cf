import { html, LitElement, nothing, type TemplateResult } from "lit";
import { query, state } from "lit/decorators.js";
import { Fault, Notices, ParleyClient } from "../client/index";
import type { Person } from "../protocol/wire";
import { hear } from "../ui/events";
import "../ui/notice-read";
import "../ui/notice-write";
import type { NoticeWrite } from "../ui/notice-write";
import "../ui/notices";
import { applyTheme, prefer, preferences } from "../ui/preferences";
import "../ui/preferences-dialog";
import type { PreferencesDialog } from "../ui/preferences-dialog";
import "../ui/topbar";
import "../ui/undelivered";
import { NoticeBoard } from "./notice-board";
import { followNotices, followWriting } from "./notice-events";
import { notifying } from "./notify";
import { signIn, type SignIn } from "./signin";
import { readConfig } from "./config";

const blocked = new Fault(
  "forbidden",
  "The browser blocks notifications of this page. Its settings for this site allow them again.",
);

/** What all pages have: the connection, the top bar, notices and settings. */
export abstract class PageElement extends LitElement {
  /** What the page is for, in the top bar. */
  protected abstract readonly place: string;
  protected readonly board = new NoticeBoard(() => this.requestUpdate());

  @state() protected client: ParleyClient | undefined;
  /** What technicians show without a session. */
  private notices: Notices | undefined;
  @query("parley-notice-write") private readonly writing!: NoticeWrite | null;
  @query("parley-preferences") private readonly preferences!: PreferencesDialog;

  /** Who the reader is, to the service. */
  protected readonly identity: SignIn = signIn();

  override connectedCallback(): void {
    super.connectedCallback();
    applyTheme(preferences().theme);
    hear(this.renderRoot, "parley-preferences", () => this.preferences.show());
    hear(this.renderRoot, "parley-noticed", ({ id }) => this.board.remove(id));
    hear(this.renderRoot, "parley-reconnect", () => this.client?.reconnect());
    hear(this.renderRoot, "parley-availability", ({ availability }) => {
      this.client?.setAvailability(availability).catch((error: unknown) => this.board.trouble(error));
    });
    hear(this.renderRoot, "parley-notify", ({ allow }) => void this.notifies(allow));
    hear(this.renderRoot, "parley-again", ({ message }) => {
      this.client?.retry(message).catch((error: unknown) => this.board.trouble(error));
    });
    hear(this.renderRoot, "parley-discard", ({ message }) => this.client?.discard(message));
    hear(this.renderRoot, "parley-sign-out", () => {
      this.client?.close();
      this.identity.signOut();
    });
    void this.connect();
  }

  /** The page's own part of being connected: listens to the client before it has said anything. */
  protected abstract follow(client: ParleyClient): void;

  /** The page below its top bar. */
  protected abstract content(client: ParleyClient, me: Person): TemplateResult;

  /** The reader; undefined before the service has said who it is. */
  protected get me(): Person | undefined {
    const me = this.client?.me;
    return me && { id: me.id, name: me.name, role: me.role };
  }

  /** How far the service's clock is ahead of this one, in milliseconds. */
  protected get ahead(): number {
    return (this.client?.now() ?? 0) - Date.now();
  }

  protected override render(): TemplateResult {
    const { client, me } = this;
    const link = client?.state ?? { kind: "connecting" as const };
    return html`
      <parley-topbar
        .name=${me?.name ?? ""}
        .place=${this.place}
        .link=${link}
        .availability=${client?.availability}
      ></parley-topbar>
      <parley-undelivered .messages=${client?.undelivered ?? []}></parley-undelivered>
      ${client && me ? this.content(client, me) : this.waiting()}
      <parley-notices .notices=${this.board.notices}></parley-notices>
      <parley-notice-read .notices=${this.notices?.waiting ?? []}></parley-notice-read>
      ${me?.role === "technician" ? html`<parley-notice-write></parley-notice-write>` : nothing}
      <parley-preferences
        ?technician=${me?.role === "technician"}
        .permission=${notifying()}
      ></parley-preferences>
    `;
  }

  private waiting(): TemplateResult {
    const state = this.client?.state;
    return html`<main class="waiting">
      ${
        state?.kind === "refused"
          ? html`<h1>You are not signed in</h1>
              <p>${state.fault.message}</p>
              <p><a href="/">Go to the start page</a></p>`
          : html`<p>Connecting to the service…</p>`
      }
    </main>`;
  }

  // The browser asks once, so that it is asked only when the reader has asked for it.
  private async notifies(allow: boolean): Promise<void> {
    prefer({ offerNotifications: allow });
    const answer = allow ? await Notification.requestPermission() : "default";
    if (answer === "granted") this.board.done("You are notified while this page is hidden.");
    if (answer === "denied") this.board.trouble(blocked);
    this.requestUpdate();
  }

  private async connect(): Promise<void> {
    const url = await this.address();
    const client = new ParleyClient({ url, token: () => this.identity.token(), ...messageStorage() });
    this.client = client;
    const draw = (): void => this.requestUpdate();
    client.addEventListener("state", draw);
    client.addEventListener("welcome", draw);
    client.addEventListener("availability", draw);
    client.addEventListener("undelivered", draw);
    const notices = new Notices(client);
    this.notices = notices;
    client.addEventListener("push", ({ detail }) => notices.hear(detail));
    followNotices(this.renderRoot, notices, draw);
    followWriting(this.renderRoot, notices, this.board, () => this.writing);
    this.follow(client);
  }

  // The page may be there before the service is; it asks until it hears.
  private async address(): Promise<string> {
    for (let attempt = 0; ; attempt++) {
      try {
        return (await readConfig()).websocket;
      } catch (error) {
        if (attempt === 0) this.board.trouble(error);
        await new Promise((resolve) => setTimeout(resolve, 3000));
      }
    }
  }
}

// Where the browser keeps nothing, messages that wait last as long as the page.
function messageStorage(): { storage?: Storage } {
  try {
    return { storage: sessionStorage };
  } catch {
    return {};
  }
}

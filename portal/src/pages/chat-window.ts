import "./page.css";
import { css, html, nothing, type TemplateResult } from "lit";
import { customElement, query, state } from "lit/decorators.js";
import { Fault, type ParleyClient } from "../client/index";
import type { Person } from "../protocol/wire";
import "../ui/chat";
import { nameOf } from "../ui/chat-notes";
import "../ui/closing-dialog";
import type { ClosingDialog } from "../ui/closing-dialog";
import type { DeskWindow } from "../ui/desk";
import { keptDraft, type Back } from "../ui/drafts";
import { hear } from "../ui/events";
import "../ui/pane";
import type { Pane } from "../ui/pane";
import { preferences } from "../ui/preferences";
import { feedActivity } from "./activity-feed";
import { besideOf } from "./beside";
import { followChats } from "./chat-events";
import { Chats } from "./chats";
import { PageElement } from "./page-element";
import { showSigns } from "./page-signs";
import { pageStyles } from "./page-styles";

/**
 * One session in a browser window of its own, or as a pane beside another page
 * of this address that ?beside= names. When it closes, it gives back what was
 * being written.
 */
@customElement("parley-chat-window")
export class ChatWindow extends PageElement {
  protected readonly place = "Chat";

  @state() private refusal = "";
  @query("parley-pane") private readonly pane!: Pane | null;
  @query("parley-closing") private readonly closing!: ClosingDialog | null;

  private chats: Chats | undefined;
  private readonly beside = besideOf(location);
  private readonly session = new URLSearchParams(location.search).get("session") ?? "";

  protected override follow(client: ParleyClient): void {
    const relay = new URLSearchParams(location.search).has("relay");
    const changed = (): void => this.requestUpdate();
    const chats = new Chats(
      client,
      { shows: () => this.pane?.open ?? true, changed, arrived: () => undefined },
      relay,
    );
    this.chats = chats;
    followChats(this.renderRoot, chats, this.board);
    if (client.me?.role !== "technician") feedActivity(client.activity);
    client.addEventListener("welcome", () => void this.load(client, chats));
    document.addEventListener("visibilitychange", () => chats.seen());
    for (const name of ["parley-close", "parley-minimise"] as const) {
      hear(this.renderRoot, name, () => window.close());
    }
    hear(this.renderRoot, "parley-finish", ({ session }) => {
      const about = chats.live(session)?.session;
      if (about) void this.closing?.show(about);
    });
    window.addEventListener("pagehide", () => this.giveBack());
  }

  protected override content(client: ParleyClient, me: Person): TemplateResult {
    const shown = this.chats?.windows.find(({ view }) => view.session.id === this.session);
    if (!shown)
      return html`<main class="waiting"><p role="status">${this.refusal || "Opening the chat…"}</p></main>`;
    showSigns(`${nameOf(shown.view.session, me)} – Chat`, shown.unread);
    const opener = window.opener !== null;
    return html`<main>
      <h1 class="unseen">Chat</h1>
      ${opener ? html`<button type="button" @click=${() => window.close()}>Back into the page</button>` : nothing}
      ${this.beside ? this.inPane(client, me, shown, this.beside) : this.chat(client, me, shown)}
      <parley-closing .me=${me}></parley-closing>
    </main>`;
  }

  private chat(client: ParleyClient, me: Person, shown: DeskWindow): TemplateResult {
    return html`<parley-chat
      slot="chat"
      .view=${shown.view}
      .call=${shown.call}
      .me=${me}
      .ahead=${this.ahead}
      .linked=${client.state.kind === "open"}
      .tone=${preferences().tone}
    ></parley-chat>`;
  }

  private inPane(client: ParleyClient, me: Person, shown: DeskWindow, beside: string): TemplateResult {
    return html`<parley-pane open .unread=${shown.unread} @toggle=${() => this.chats?.seen()}>
      <iframe title="What the chat stands beside" src=${beside}></iframe>
      ${this.chat(client, me, shown)}
    </parley-pane>`;
  }

  private async load(client: ParleyClient, chats: Chats): Promise<void> {
    try {
      chats.add(await client.open(this.session));
      chats.show(this.session);
    } catch (error) {
      this.refusal = Fault.from(error).message;
    }
  }

  private giveBack(): void {
    const back: Back = { parley: "back", session: this.session, draft: keptDraft(this.session) };
    (window.opener as Window | null)?.postMessage(back, location.origin);
  }

  static override styles = [
    pageStyles,
    css`
      main:not(.waiting) {
        display: flex;
        flex: 1;
        flex-direction: column;
        min-height: 0;
      }

      button {
        min-height: var(--target);
        border: 0;
        border-bottom: 1px solid var(--line);
        color: var(--accent);
        background: var(--surface);
        font: inherit;
        cursor: pointer;
      }

      parley-chat {
        flex: 1;
      }

      iframe {
        border: 0;
      }
    `,
  ];
}

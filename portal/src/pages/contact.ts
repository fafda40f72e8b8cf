import "./page.css";
import { css, html, type TemplateResult } from "lit";
import { customElement, query, state } from "lit/decorators.js";
import type { ParleyClient } from "../client/index";
import type { Person } from "../protocol/wire";
import "../ui/desk";
import type { Desk } from "../ui/desk";
import { hear } from "../ui/events";
import { preferences } from "../ui/preferences";
import "../ui/request-form";
import { feedActivity } from "./activity-feed";
import { followChats } from "./chat-events";
import { Chats, type ChatsListener } from "./chats";
import { PageElement } from "./page-element";
import { pageStyles } from "./page-styles";

/** The contact's page: ask for help, and the chat as soon as there is one. */
@customElement("parley-contact")
export class ContactPage extends PageElement {
  protected readonly place = "Help";

  @state() private asking = false;
  @query("parley-desk") private readonly desk!: Desk | null;

  private chats: Chats | undefined;

  protected override follow(client: ParleyClient): void {
    const relay = new URLSearchParams(location.search).has("relay");
    const chats = new Chats(client, this.listener(), relay);
    this.chats = chats;
    followChats(this.renderRoot, chats, this.board);
    feedActivity(client.activity);
    client.addEventListener("session", ({ detail }) => {
      chats.add(detail);
      chats.show(detail.id);
    });
    hear(this.renderRoot, "parley-ask", ({ problem }) => void this.ask(client, problem));
    hear(this.renderRoot, "parley-show", ({ session }) => chats.show(session));
    document.addEventListener("visibilitychange", () => chats.seen());
  }

  protected override content(client: ParleyClient, me: Person): TemplateResult {
    const windows = this.chats?.windows ?? [];
    return html`<main class=${windows.length > 0 ? "chat" : "quiet"}>
      ${windows.length > 0 ? this.talking(client, me) : this.welcome(me)}
    </main>`;
  }

  private welcome(me: Person): TemplateResult {
    return html`<div class="card">
      <h1>How can we help, ${me.name}?</h1>
      <p class="lead">
        Ask for help here. When a technician writes to you, the chat opens on this page by itself.
      </p>
      <parley-request .busy=${this.asking}></parley-request>
    </div>`;
  }

  private talking(client: ParleyClient, me: Person): TemplateResult {
    return html`<h1 class="unseen">Your help desk chat</h1>
      <parley-desk
        .windows=${this.chats?.windows ?? []}
        .front=${this.chats?.front}
        .me=${me}
        .ahead=${this.ahead}
        .linked=${client.state.kind === "open"}
        .tone=${preferences().tone}
      ></parley-desk>`;
  }

  private async ask(client: ParleyClient, problem: string): Promise<void> {
    this.asking = true;
    try {
      const live = await client.request(problem);
      this.chats?.add(live);
      this.chats?.show(live.id);
      await this.updateComplete;
      await this.desk?.focusOn(live.id);
    } catch (error) {
      this.board.trouble(error);
    } finally {
      this.asking = false;
    }
  }

  private listener(): ChatsListener {
    return {
      shows: (session) => this.desk?.shows(session) ?? false,
      changed: () => {
        const unread = this.chats?.unread ?? 0;
        document.title = unread > 0 ? `(${unread}) Help` : "Help";
        this.requestUpdate();
      },
      arrived: () => undefined,
    };
  }

  static override styles = [
    pageStyles,
    css`
      .quiet {
        flex: 1;
        overflow-y: auto;
        padding: var(--s8) var(--s4);
      }

      .card {
        max-width: 34rem;
        margin: 0 auto;
      }

      .lead {
        margin: var(--s2) 0 var(--s6);
        color: var(--ink-soft);
      }

      .chat {
        display: flex;
        flex: 1;
        flex-direction: column;
        min-height: 0;
      }

      /* So narrow that the desk shows one chat at a time. */
      parley-desk {
        flex: 1;
        width: min(100%, 42rem);
        margin: 0 auto;
      }

      @media (min-width: 42rem) {
        parley-desk {
          border-inline: 1px solid var(--line);
        }
      }
    `,
  ];
}

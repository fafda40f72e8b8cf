import "./page.css";
import { css, html, type TemplateResult } from "lit";
import { customElement, query } from "lit/decorators.js";
import type { LiveSession, ParleyClient } from "../client/index";
import type { Person, Session } from "../protocol/wire";
import "../ui/colleagues";
import "../ui/desk";
import type { Desk } from "../ui/desk";
import { hear, type Told } from "../ui/events";
import { preferences } from "../ui/preferences";
import "../ui/roster";
import "../ui/sessions";
import "../ui/tips";
import type { Tips } from "../ui/tips";
import { playTone } from "../ui/tone";
import { followChats } from "./chat-events";
import { Chats, type ChatsListener } from "./chats";
import { PageElement } from "./page-element";
import { pageStyles } from "./page-styles";
import { sessionList } from "./session-list";

/** The technician's page: who is there, who waits, and the open chats. */
@customElement("parley-technician")
export class TechnicianPage extends PageElement {
  protected readonly place = "Technician";

  @query("parley-desk") private readonly desk!: Desk | null;
  @query("parley-tips") private readonly tips!: Tips;

  private chats: Chats | undefined;
  private readonly announced = new Set<string>(); // Requests that were told of.
  private readonly started = new Set<string>(); // Sessions that were begun on this page.

  protected override follow(client: ParleyClient): void {
    const relay = new URLSearchParams(location.search).has("relay");
    const chats = new Chats(client, this.listener(), relay);
    this.chats = chats;
    followChats(this.renderRoot, chats, this.board);
    client.addEventListener("session", ({ detail }) => chats.add(detail));
    client.addEventListener("welcome", ({ detail: { you } }) => {
      const companies = (you.companies ?? []).slice(0, 25);
      client.roster.watch(companies).catch((error: unknown) => this.board.trouble(error));
    });
    client.addEventListener("push", ({ detail }) => {
      if (detail.name === "session.changed") this.heard(client, detail.data.session);
    });
    client.roster.addEventListener("change", () => this.requestUpdate());
    hear(this.renderRoot, "parley-start", (wish) => void this.start(client, chats, wish));
    hear(this.renderRoot, "parley-join", ({ session }) => void this.join(client, chats, session));
    hear(this.renderRoot, "parley-show", ({ session }) => this.show(chats, session));
    hear(this.renderRoot, "parley-tips", () => this.tips.show());
    document.addEventListener("visibilitychange", () => chats.seen());
  }

  protected override content(client: ParleyClient, me: Person): TemplateResult {
    const { roster } = client;
    const chats = this.chats;
    return html`
      <main class=${chats?.front === undefined ? "lists" : "chat"}>
        <h1 class="unseen">Help desk</h1>
        <div class="side">
          <parley-sessions .sessions=${this.sessions(client)} .me=${me} .ahead=${this.ahead}>
          </parley-sessions>
          <parley-roster
            .contacts=${[...roster.contacts.values()]}
            .companies=${roster.companies}
            .now=${() => client.now()}
            .current=${roster.current}
            .more=${roster.more}
          ></parley-roster>
          <parley-colleagues .technicians=${[...roster.technicians.values()]} .me=${me}></parley-colleagues>
        </div>
        <parley-desk
          .windows=${chats?.windows ?? []}
          .front=${chats?.front}
          lists
          .me=${me}
          .ahead=${this.ahead}
          .linked=${client.state.kind === "open"}
          .tone=${preferences().tone}
        ></parley-desk>
      </main>
      <parley-tips></parley-tips>
    `;
  }

  private sessions(client: ParleyClient): Session[] {
    const own = [...client.sessions.values()].map(({ session }) => session);
    return sessionList(client.roster.sessions.values(), own);
  }

  private listener(): ChatsListener {
    return {
      shows: (session) => this.desk?.shows(session) ?? false,
      changed: () => {
        const unread = this.chats?.unread ?? 0;
        document.title = unread > 0 ? `(${unread}) Parley` : "Parley";
        this.requestUpdate();
      },
      arrived: (live, person) => {
        if (person.id !== live.session.contact.id || !this.started.has(live.id)) return;
        this.board.done(`${person.name} has joined. The chat is open on their screen.`);
      },
    };
  }

  // Only a technician who is available is told of requests; the lists have them for everybody.
  private heard(client: ParleyClient, { id, state, contact, problem = "" }: Session): void {
    if (state !== "requested") return this.board.settle(id);
    if (client.availability !== "online" || this.announced.has(id)) return;
    this.announced.add(id);
    this.board.asks(`${contact.name} asks for help: ${problem}`, id);
    if (preferences().tone) playTone("received");
  }

  private async start(client: ParleyClient, chats: Chats, wish: Told["parley-start"]): Promise<void> {
    try {
      const live = chats.with(wish.contact) ?? (await this.begin(client, wish));
      this.open(chats, live);
      if (wish.with !== "text") await chats.line(live.id)?.call(wish.with);
    } catch (error) {
      this.board.trouble(error, { tips: true });
    }
  }

  private async begin(client: ParleyClient, wish: Told["parley-start"]): Promise<LiveSession> {
    const live = await client.start({ id: wish.contact, company: wish.company }, wish.device);
    this.started.add(live.id);
    this.board.done(`Request sent to ${wish.name}. A chat opens on their screen.`, { tips: true });
    return live;
  }

  private async join(client: ParleyClient, chats: Chats, session: string): Promise<void> {
    try {
      const live = await client.join(session);
      this.board.settle(session);
      this.open(chats, live);
      this.board.done(`You have joined the session with ${live.session.contact.name}.`);
    } catch (error) {
      this.board.trouble(error);
    }
  }

  private open(chats: Chats, live: LiveSession): void {
    chats.add(live);
    this.show(chats, live.id);
  }

  // A session that the reader is in, but whose window was closed, opens again.
  private show(chats: Chats, session: string): void {
    const live = this.client?.sessions.get(session);
    if (live) chats.add(live);
    chats.show(session);
    void this.updateComplete.then(() => this.desk?.focusOn(session));
  }

  static override styles = [
    pageStyles,
    css`
      main:not(.waiting) {
        display: grid;
        flex: 1;
        grid-template-columns: minmax(20rem, 24rem) 1fr;
        min-height: 0;
      }

      .side {
        display: flex;
        flex-direction: column;
        gap: var(--s6);
        min-width: 0;
        overflow-y: auto;
        padding: var(--s4);
        border-inline-end: 1px solid var(--line);
        background: var(--surface);
      }

      @media (max-width: 48rem) {
        main:not(.waiting) {
          grid-template: 1fr auto / minmax(0, 1fr);
        }

        main.chat {
          grid-template-rows: 1fr;
        }

        .chat .side {
          display: none;
        }
      }
    `,
  ];
}

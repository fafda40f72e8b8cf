import "./page.css";
import { css, html, nothing, type TemplateResult } from "lit";
import { customElement, query, state } from "lit/decorators.js";
import { isOver, type LiveSession, type ParleyClient } from "../client/index";
import type { Person, Session } from "../protocol/wire";
import { titleOf } from "../ui/chat-notes";
import "../ui/desk";
import type { Desk, DeskWindow } from "../ui/desk";
import { hear } from "../ui/events";
import "../ui/notify-offer";
import "../ui/offer-dialog";
import "../ui/own-tickets";
import { preferences } from "../ui/preferences";
import "../ui/request-form";
import { openingWords } from "../ui/time";
import { feedActivity } from "./activity-feed";
import { Alarm, type Asking } from "./alarm";
import { followChats } from "./chat-events";
import { Chats, type ChatsListener } from "./chats";
import { notifying } from "./notify";
import { OfficeClock } from "./office-clock";
import { PageElement } from "./page-element";
import { showSigns } from "./page-signs";
import { pageStyles } from "./page-styles";

/** The contact's page: ask for help, answer a technician who asks, and the chat as soon as there is one. */
@customElement("parley-contact")
export class ContactPage extends PageElement {
  protected readonly place = "Help";

  @state() private asking = false;
  @query("parley-desk") private readonly desk!: Desk | null;

  private chats: Chats | undefined;
  private office: OfficeClock | undefined;
  private readonly alarm = new Alarm(offerOf, () => undefined);

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.alarm.stop();
  }

  protected override follow(client: ParleyClient): void {
    const relay = new URLSearchParams(location.search).has("relay");
    const chats = new Chats(client, this.listener(), relay);
    this.chats = chats;
    const office = new OfficeClock(client, () => this.requestUpdate());
    this.office = office;
    followChats(this.renderRoot, chats, this.board);
    feedActivity(client.activity);
    client.addEventListener("session", ({ detail }) => {
      chats.add(detail);
      chats.show(detail.id);
    });
    client.addEventListener("welcome", ({ detail: { you } }) => {
      void office.ask();
      if (you.role === "contact" && !client.tickets.query)
        void client.tickets.list({ companies: [], state: "open" });
    });
    client.tickets.addEventListener("change", () => this.requestUpdate());
    hear(this.renderRoot, "parley-more-tickets", () => void client.tickets.showMore());
    client.addEventListener("offers", () => this.requestUpdate());
    client.addEventListener("push", ({ detail }) => {
      if (detail.name === "session.changed") this.heard(detail.data.session);
    });
    hear(this.renderRoot, "parley-approve", ({ session }) => void this.approve(client, session));
    hear(this.renderRoot, "parley-refuse", ({ session }) => {
      client.refuse(session).catch((error: unknown) => this.board.trouble(error));
    });
    hear(this.renderRoot, "parley-ask", ({ problem, ticket }) => void this.ask(client, problem, ticket));
    hear(this.renderRoot, "parley-show", ({ session }) => chats.show(session));
    document.addEventListener("visibilitychange", () => {
      chats.seen();
      this.requestUpdate();
    });
  }

  protected override content(client: ParleyClient, me: Person): TemplateResult {
    const windows = this.windows();
    const [offer] = this.asks();
    return html`<parley-offer .session=${offer}></parley-offer>
      <main class=${windows.length > 0 ? "chat" : "quiet"}>
        ${windows.length > 0 ? this.talking(client, me, windows) : this.welcome(me)}
      </main>`;
  }

  // Who waits is shown whether somebody is there at all.
  private windows(): DeskWindow[] {
    const office = this.office?.now;
    const callbacks = this.client?.may.callback;
    return (this.chats?.windows ?? []).map((one) =>
      one.view.session.state === "requested" ? { ...one, view: { ...one.view, office, callbacks } } : one,
    );
  }

  /** What the page says while there is no chat. */
  protected welcome(me: Person): TemplateResult {
    if (this.client?.may.request === false)
      return html`<div class="card">
        <h1>Welcome, ${me.name}</h1>
        <p class="lead">
          Asking for help by chat is turned off here; open a ticket instead. When a technician writes to you,
          the chat opens on this page by itself.
        </p>
        ${this.tickets()}
      </div>`;
    return html`<div class="card">
      <h1>How can we help, ${me.name}?</h1>
      <p class="lead">
        Ask for help here. When a technician writes to you, the chat opens on this page by itself.
      </p>
      ${this.closed()}
      <parley-request .busy=${this.asking}></parley-request>
      ${this.tickets()}
    </div>`;
  }

  private tickets(): TemplateResult {
    const { tickets } = this.client ?? {};
    return html`<parley-own-tickets
      .tickets=${tickets?.tickets ?? []}
      ?more=${tickets?.more}
      ?busy=${this.asking}
      .ahead=${this.ahead}
    ></parley-own-tickets>`;
  }

  private closed(): TemplateResult | typeof nothing {
    const office = this.office?.now;
    if (office?.open !== false) return nothing;
    return html`<p class="closed">
      We are not there right now. ${openingWords(office.until, Date.now() + this.ahead)} Ask all the same:
      ${this.client?.may.callback === false ? "we answer when we are back." : "you can leave your number, and we call you back."}
    </p>`;
  }

  private talking(client: ParleyClient, me: Person, windows: readonly DeskWindow[]): TemplateResult {
    return html`<h1 class="unseen">Your help desk chat</h1>
      ${
        preferences().offerNotifications && notifying() === "default"
          ? html`<parley-notify optional permission="default"></parley-notify>`
          : nothing
      }
      <parley-desk
        .windows=${windows}
        .front=${this.chats?.front}
        .me=${me}
        .ahead=${this.ahead}
        .linked=${client.state.kind === "open"}
        .tone=${preferences().tone}
      ></parley-desk>`;
  }

  private async ask(client: ParleyClient, problem: string, ticket?: string): Promise<void> {
    this.asking = true;
    try {
      const live = await client.request(problem, ticket);
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

  /** Agrees to a session, and brings its chat. */
  protected approve(client: ParleyClient, session: string): Promise<void> {
    return this.brings(client.approve(session));
  }

  /** Brings the chat of a session that is being entered. */
  protected async brings(entering: Promise<LiveSession>): Promise<void> {
    try {
      const live = await entering;
      this.chats?.add(live);
      this.chats?.show(live.id);
      await this.updateComplete;
      await this.desk?.focusOn(live.id);
    } catch (error) {
      this.board.trouble(error);
    }
  }

  // A question that has gone without an answer is not left unexplained.
  private heard({ state, owner, contact, participants }: Session): void {
    if (state !== "cancelled" || contact.id !== this.me?.id) return;
    const who = participants.find(({ id }) => id === owner)?.name ?? "The technician";
    this.board.done(`${who} has withdrawn the request. You need not do anything.`);
  }

  // Who the chat is with, so that its tab is found among others.
  private tabTitle(): string {
    const front = this.chats?.windows.find(({ view }) => !isOver(view.session.state));
    return front && this.me ? `${titleOf(front.view.session, this.me)} – Help` : "Help";
  }

  // After every change: what the tab shows, and what calls the contact to it.
  protected override updated(): void {
    const asks = this.asks();
    this.alarm.heed(asks);
    showSigns(this.tabTitle(), (this.chats?.unread ?? 0) + asks.length);
  }

  private asks(): Session[] {
    return (this.client?.offers ?? []).filter(({ state }) => state === "connecting");
  }

  private listener(): ChatsListener {
    return {
      shows: (session) => this.desk?.shows(session) ?? false,
      changed: () => {
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

      .closed {
        margin-bottom: var(--s4);
        padding: var(--s3);
        border-radius: var(--round);
        color: var(--warn);
        background: var(--warn-soft);
      }

      .chat {
        display: flex;
        flex: 1;
        flex-direction: column;
        min-height: 0;
      }

      parley-notify {
        width: min(100%, 42rem);
        margin: 0 auto;
        padding: var(--s2) var(--s4);
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

function offerOf({ owner, participants }: Session): Asking {
  const name = participants.find(({ id }) => id === owner)?.name ?? "A technician";
  return { title: `${name} asks to chat with you`, body: "Open the page to agree or to decline." };
}

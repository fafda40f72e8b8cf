import "./page.css";
import { html, nothing, type TemplateResult } from "lit";
import { customElement, query, state } from "lit/decorators.js";
import type { ParleyClient } from "../client/index";
import type { DeviceRow, Person, RosterRow, Session } from "../protocol/wire";
import "../ui/closing-dialog";
import type { ClosingDialog } from "../ui/closing-dialog";
import "../ui/colleagues";
import "../ui/confirm";
import type { Confirm } from "../ui/confirm";
import "../ui/desk";
import type { Desk } from "../ui/desk";
import { hear } from "../ui/events";
import "../ui/invite-dialog";
import type { InviteDialog } from "../ui/invite-dialog";
import "../ui/notify-offer";
import { preferences } from "../ui/preferences";
import "../ui/requests";
import "../ui/roster";
import { askingWords, chargeWords } from "../ui/session-groups";
import "../ui/sessions";
import "../ui/ticket-dialog";
import type { TicketDialog } from "../ui/ticket-dialog";
import "../ui/tickets";
import "../ui/tips";
import type { Tips } from "../ui/tips";
import "../ui/transfer-dialog";
import type { TransferDialog } from "../ui/transfer-dialog";
import { Alarm } from "./alarm";
import { asking } from "./asking";
import { followChats } from "./chat-events";
import { Chats, type ChatsListener } from "./chats";
import { Inviting } from "./inviting";
import { notifying } from "./notify";
import { PageElement } from "./page-element";
import { showSigns } from "./page-signs";
import { pageStyles } from "./page-styles";
import { sessionList } from "./session-list";
import { SessionWork } from "./session-work";
import { followTickets } from "./ticket-work";
import { standAlone } from "./window-events";
import { technicianStyles } from "./technician-styles";

/** The technician's page: who is there, who waits, and the open chats. */
@customElement("parley-technician")
export class TechnicianPage extends PageElement {
  protected readonly place = "Technician";

  @state() private later: ReadonlySet<string> = new Set();
  @state() private people: readonly RosterRow[] = [];
  @state() private devices: ReadonlyMap<string, DeviceRow> = new Map();
  @state() private over: Session | undefined; // The session that may be taken over.

  @query("parley-desk") private readonly desk!: Desk | null;
  @query("parley-tips") private readonly tips!: Tips;
  @query("parley-closing") private readonly closing!: ClosingDialog | null;
  @query("parley-transfer") private readonly transfer!: TransferDialog | null;
  @query("parley-invite") private readonly inviteDialog!: InviteDialog | null;
  @query("parley-ticket-dialog") private readonly ticketDialog!: TicketDialog | null;
  @query("parley-confirm") private readonly confirmation!: Confirm | null;

  private chats: Chats | undefined;
  private work: SessionWork | undefined;
  private readonly alarm = new Alarm(
    (session) => ({ title: askingWords(session), body: session.problem ?? session.company }),
    (session) => void this.present(session),
  );

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.alarm.stop();
  }

  protected override follow(client: ParleyClient): void {
    const relay = new URLSearchParams(location.search).has("relay");
    const chats = new Chats(client, this.listener(), relay);
    this.chats = chats;
    this.work = new SessionWork({
      client,
      chats,
      board: this.board,
      show: (session) => this.opens(chats, session),
      changed: () => this.requestUpdate(),
    });
    followChats(this.renderRoot, chats, this.board);
    this.work.follow(this.renderRoot);
    new Inviting({ client, board: this.board, dialog: () => this.inviteDialog }).follow(this.renderRoot);
    followTickets(this.renderRoot, {
      tickets: client.tickets,
      board: this.board,
      dialog: () => this.ticketDialog,
      changed: () => this.requestUpdate(),
    });
    this.listen(client, chats);
    this.hearDialogs(client);
  }

  private listen(client: ParleyClient, chats: Chats): void {
    client.addEventListener("session", ({ detail }) => chats.add(detail));
    client.addEventListener("welcome", ({ detail: { you } }) => {
      const companies = (you.companies ?? []).slice(0, 25);
      client.roster.watch(companies).catch((error: unknown) => this.board.trouble(error));
    });
    client.addEventListener("push", ({ detail: { name, data } }) => {
      if (name === "session.changed" && data.entry) this.work?.heard(data.session, data.entry);
    });
    client.addEventListener("offers", () => this.requestUpdate());
    client.roster.addEventListener("change", () => {
      this.people = [...client.roster.contacts.values()];
      this.devices = new Map(client.roster.devices);
    });
    document.addEventListener("visibilitychange", () => {
      chats.seen();
      this.requestUpdate();
    });
    hear(this.renderRoot, "parley-show", ({ session }) => this.show(chats, session));
    hear(this.renderRoot, "parley-later", ({ session }) => (this.later = new Set([...this.later, session])));
  }

  // What is asked about first, in a dialog.
  private hearDialogs(client: ParleyClient): void {
    const known = (id: string): Session | undefined => this.sessions(client).find((one) => one.id === id);
    hear(this.renderRoot, "parley-tips", () => this.tips.show());
    hear(this.renderRoot, "parley-finish", ({ session }) => {
      const about = known(session);
      if (about) void this.closing?.show(about);
    });
    hear(this.renderRoot, "parley-hand-on", ({ session }) => {
      const about = known(session);
      if (about) void this.transfer?.show(about);
    });
    hear(this.renderRoot, "parley-take-over", ({ session }) => {
      const about = known(session);
      if (about) void this.askToTake(about);
    });
  }

  protected override content(client: ParleyClient, me: Person): TemplateResult {
    const { roster } = client;
    const chats = this.chats;
    const sessions = this.sessions(client);
    return html`
      <main class=${chats?.front === undefined ? "lists" : "chat"}>
        <h1 class="unseen">Help desk</h1>
        <parley-requests
          .sessions=${asking(sessions, me, client.availability, this.later)}
          .me=${me}
          .ahead=${this.ahead}
        ></parley-requests>
        <div class="side">
          <parley-sessions
            .sessions=${sessions}
            .me=${me}
            .ahead=${this.ahead}
            .reachable=${this.reachable(client)}
            .picked=${this.work?.picked}
          ></parley-sessions>
          ${this.tickets(client, me, sessions)}
          <parley-notify .permission=${notifying()}></parley-notify>
          <parley-invite .companies=${client.me?.companies ?? []} .ahead=${this.ahead}></parley-invite>
          <parley-roster
            .contacts=${this.people}
            .devices=${this.devices}
            .sessions=${sessions}
            .me=${me.id}
            .companies=${roster.companies}
            .now=${() => client.now()}
            .current=${roster.current}
            .loading=${roster.loading}
            ?direct=${client.me?.capabilities?.includes("direct")}
          ></parley-roster>
          <parley-colleagues .technicians=${[...roster.technicians.values()]} .me=${me}></parley-colleagues>
        </div>
        <parley-desk
          .people=${this.people}
          .devices=${this.devices}
          .windows=${chats?.windows ?? []}
          .front=${chats?.front}
          lists
          .me=${me}
          .ahead=${this.ahead}
          .linked=${client.state.kind === "open"}
          .tone=${preferences().tone}
        ></parley-desk>
      </main>
      ${this.dialogs(client, me)}
    `;
  }

  // Those of whole companies: a ticket belongs to no device group.
  private tickets(client: ParleyClient, me: Person, sessions: readonly Session[]): TemplateResult {
    const { roster, tickets } = client;
    return html`<parley-tickets
      .tickets=${tickets.tickets}
      .listing=${tickets.listing}
      ?more=${tickets.more}
      .companies=${roster.companies.filter((place) => !place.includes("/"))}
      .contacts=${this.people}
      ?current=${roster.current}
      .sessions=${sessions}
      .me=${me}
      .looked=${tickets.looked}
      .picked=${this.work?.picked}
      .ahead=${this.ahead}
    ></parley-tickets>`;
  }

  private dialogs(client: ParleyClient, me: Person): TemplateResult {
    const { over } = this;
    return html`
      <parley-tips></parley-tips>
      <parley-closing .me=${me}></parley-closing>
      <parley-ticket-dialog></parley-ticket-dialog>
      <parley-transfer .technicians=${[...client.roster.technicians.values()]} .me=${me}></parley-transfer>
      <parley-confirm
        question=${`Take over the session with ${over?.contact.name ?? ""}?`}
        action="Take over"
      >
        ${over ? html`<p>${chargeWords(over, me)} now, and is told.</p>` : nothing}
      </parley-confirm>
    `;
  }

  // After every change: what the tab shows, and what calls the technician to it.
  protected override updated(): void {
    const { client, me } = this;
    if (!client || !me) return;
    const asks = asking(this.sessions(client), me, client.availability, this.later);
    this.alarm.heed(asks);
    showSigns("Parley", (this.chats?.unread ?? 0) + asks.length);
  }

  private sessions(client: ParleyClient): Session[] {
    const own = [...client.sessions.values()].map(({ session }) => session);
    return sessionList([...client.roster.sessions.values(), ...client.offers], own);
  }

  // A device shows a message to whoever comes back to it; a portal only to who is there.
  private reachable(client: ParleyClient): ReadonlySet<string> {
    const now = client.now();
    const there = [...client.roster.contacts.values()].filter(
      ({ activity, until, devices }) =>
        until > now && (activity === "online" || (activity === "away" && devices.length > 0)),
    );
    return new Set(there.map(({ id }) => id));
  }

  private listener(): ChatsListener {
    return {
      shows: (session) => this.desk?.shows(session) ?? false,
      changed: () => this.requestUpdate(),
      arrived: (live, person) => this.work?.arrived(live, person),
    };
  }

  private async askToTake(session: Session): Promise<void> {
    this.over = session;
    await this.updateComplete;
    if (!(await this.confirmation?.ask())) return;
    this.work?.takeOver(session);
  }

  // A notification leads to the request, where it can be answered.
  private async present(session: string): Promise<void> {
    this.chats?.toLists();
    this.later = new Set([...this.later].filter((id) => id !== session));
    await this.updateComplete;
    this.renderRoot.querySelector("parley-requests")?.focusOn(session);
  }

  // What the reader has opened stands where they want it.
  private opens(chats: Chats, session: string): void {
    const alone = preferences().ownWindow && standAlone(chats, this.board, session);
    if (!alone) this.show(chats, session);
  }

  // A session that the reader is in, but whose window was closed, opens again.
  private show(chats: Chats, session: string): void {
    const live = this.client?.sessions.get(session);
    if (live) chats.add(live);
    chats.show(session);
    void this.updateComplete.then(() => this.desk?.focusOn(session));
  }

  static override styles = [pageStyles, technicianStyles];
}

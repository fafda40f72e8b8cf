import { html, type TemplateResult } from "lit";
import { customElement, property } from "lit/decorators.js";
import { isOver, offered, takesPart, type ParleyClient, type Ticket } from "../client/index";
import type { Person, Session } from "../protocol/wire";
import { hear } from "../ui/events";
import { ContactPage } from "./contact";
import type { SignIn } from "./signin";
import { forgetTicket } from "./tickets";

/** The page of somebody without an account: the one session that they were invited to. */
@customElement("parley-guest")
export class GuestPage extends ContactPage {
  @property({ attribute: false }) ticket!: Ticket;

  private met = false; // Whether the service has let them in once.
  private over = false;

  protected override readonly identity: SignIn = {
    token: () => Promise.resolve(offered(this.ticket)),
    signOut: () => {
      forgetTicket();
      location.assign("/join/");
    },
  };

  protected override follow(client: ParleyClient): void {
    super.follow(client);
    client.addEventListener("welcome", ({ detail: { you, sessions } }) => {
      this.met = true;
      for (const session of sessions) void this.enter(client, you, session);
    });
    client.addEventListener("state", ({ detail }) => {
      if (detail.kind === "waiting" && !this.met && navigator.onLine) this.refused(client);
    });
    client.addEventListener("push", ({ detail }) => {
      if (detail.name === "session.changed") this.look(detail.data.session);
    });
    client.addEventListener("session", ({ detail: live }) => {
      live.addEventListener("change", () => this.look(live.session)); // Of the guest's own commands no push comes.
    });
    hear(this.renderRoot, "parley-refuse", () => this.leaves());
  }

  protected override welcome(me: Person): TemplateResult {
    return html`<div class="card">
      ${
        this.over
          ? html`<h1>This session is over</h1>
              <p class="lead">
                What you came by has been used and works no more. If you need more help, ask for a new code or
                link. You can close this page.
              </p>`
          : html`<h1>Hello, ${me.name}</h1>
              <p class="lead">You are connected. The chat opens on this page by itself.</p>`
      }
    </div>`;
  }

  // Who follows a link has agreed by that. Of those with a code the service says whether they are asked.
  private async enter(client: ParleyClient, me: Person, session: Session): Promise<void> {
    if (takesPart(session, me.id)) return;
    if (session.state !== "connecting") await this.brings(client.join(session.id));
    else if (session.asks !== true) await this.approve(client, session.id);
  }

  private look(session: Session): void {
    const out = this.me !== undefined && session.state === "active" && !takesPart(session, this.me.id);
    if (isOver(session.state) || out) this.leaves();
  }

  private leaves(): void {
    this.over = true;
    forgetTicket();
    this.requestUpdate();
  }

  // A browser does not learn why a connection was not made.
  private refused(client: ParleyClient): void {
    client.close();
    this.dispatchEvent(new CustomEvent("refused"));
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "parley-guest": GuestPage;
  }
}

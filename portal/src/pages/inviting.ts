import { digestOf, newCode, newSecret, shownCode, type ParleyClient } from "../client/index";
import type { Session } from "../protocol/wire";
import { hear, type Told } from "../ui/events";
import type { Invitation, InviteDialog } from "../ui/invite-dialog";
import type { NoticeBoard } from "./notice-board";

/** What inviting needs of its page. */
export interface InvitingPlace {
  client: Pick<ParleyClient, "invite" | "revoke" | "addEventListener">;
  board: Pick<NoticeBoard, "done" | "trouble">;
  dialog: () => InviteDialog | null;
}

/**
 * What a technician does to let somebody in who has no account. The codes and
 * links are known to this page only; a reload forgets them.
 */
export class Inviting {
  private readonly made = new Map<string, Invitation>();

  constructor(private readonly place: InvitingPlace) {}

  /** Does what the components inside an element tell. */
  follow(root: EventTarget): void {
    const { board } = this.place;
    const on = <Name extends keyof Told>(name: Name, doing: (wish: Told[Name]) => Promise<void>): void =>
      hear(root, name, (wish) => {
        doing(wish).catch((error: unknown) => {
          this.place.dialog()?.failed();
          board.trouble(error);
        });
      });
    this.place.client.addEventListener("push", ({ detail: { name, data } }) => {
      if (name === "session.changed" && data.entry) {
        this.place.dialog()?.came(data.session.id, data.entry.by.id);
      }
    });
    on("parley-invite", (wish) => this.begin(wish));
    on("parley-invite-into", ({ session }) => this.into(session));
    on("parley-show-invite", ({ session }) => this.again(session));
    on("parley-revoke", async ({ session, guest }) => {
      await this.place.client.revoke(session, guest);
      board.done("The invitation is withdrawn.");
    });
  }

  private async begin({ company, kind, name }: Told["parley-invite"]): Promise<void> {
    const secret = kind === "code" ? newCode() : newSecret();
    const { session: begun } = await this.place.client.invite(await digestOf(secret), {
      company,
      kind: kind === "code" ? "ondemand" : "guest",
      name,
    });
    await this.shows(begun, begun.contact.id, kind, secret);
  }

  private async into(session: string): Promise<void> {
    const secret = newSecret();
    const live = await this.place.client.invite(await digestOf(secret), { session });
    const guest = live.session.participants.findLast(({ invitedUntil }) => invitedUntil !== undefined);
    if (guest) await this.shows(live.session, guest.id, "link", secret);
  }

  private async again(session: string): Promise<void> {
    const made = this.made.get(session);
    if (made) await this.place.dialog()?.show(made);
    else this.place.board.done("The code was shown where it was made. Cancel this one and make another.");
  }

  private async shows(
    session: Session,
    guest: string,
    kind: Invitation["kind"],
    secret: string,
  ): Promise<void> {
    const until = session.participants.find(({ id }) => id === guest)?.invitedUntil ?? 0;
    const shown = kind === "code" ? shownCode(secret) : `${location.origin}/join/#${secret}`;
    const made = { session: session.id, guest, kind, shown, until };
    this.made.set(session.id, made);
    await this.place.dialog()?.show(made);
  }
}

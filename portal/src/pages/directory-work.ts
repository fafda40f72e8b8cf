import { Fault, type ParleyClient } from "../client/index";
import type { Audited, DirectoryRecord, Explain, Explained, RecordKind } from "../protocol/wire";
import { auditFile } from "../ui/audit-list";

/** What the page shows of the directory. */
export type Place =
  | { at: "settings" }
  | { at: "records"; kind: RecordKind; company: string }
  | { at: "effective" }
  | { at: "audit"; company: string };

/** Where an address such as #/company/acme/contact leads; the settings when nowhere. */
export function placeOf(hash: string): Place {
  const [first = "", second = "", third = ""] = hash.replace(/^#\//, "").split("/").map(decodeURIComponent);
  if (first === "company" && isOwned(third)) return { at: "records", kind: third, company: second };
  if (isKind(first)) return { at: "records", kind: first, company: "" };
  if (first === "effective") return { at: "effective" };
  if (first === "audit") return { at: "audit", company: second };
  return { at: "settings" };
}

const isKind = (word: string): word is RecordKind =>
  ["company", "technician", "role", "scope", "machine_role"].includes(word);
const isOwned = (word: string): word is RecordKind => ["contact", "group", "device"].includes(word);

/** How keeping a record went. */
export type Kept = { kind: "done" } | { kind: "refused"; why: string; theirs?: DirectoryRecord };

/** DirectoryWork reads and changes the directory for the administrator's page. */
export class DirectoryWork {
  place: Place = { at: "settings" };
  records: DirectoryRecord[] | undefined;
  lines: Audited[] | undefined;
  explained: Explained | undefined;
  refusal = "";

  #words = "";
  #next: string | undefined;
  #round = 0;

  constructor(
    private readonly client: ParleyClient,
    private readonly changed: () => void,
  ) {}

  /** Whether another page follows. */
  get more(): boolean {
    return this.#next !== undefined;
  }

  /** Goes to a place and reads it. */
  async show(place: Place): Promise<void> {
    this.place = place;
    this.#words = "";
    this.explained = undefined;
    await this.read();
  }

  /** Reads the first page of what is shown anew. */
  async read(words = this.#words): Promise<void> {
    this.#words = words;
    this.#round++;
    this.records = this.lines = this.#next = undefined;
    this.refusal = "";
    this.changed();
    await this.nextPage();
  }

  /** Reads the next page. What was asked for before another place is dropped. */
  async nextPage(): Promise<void> {
    const round = this.#round;
    try {
      await this.#page(() => round === this.#round);
    } catch (error) {
      if (round === this.#round) this.refusal = Fault.from(error).message;
    }
    this.changed();
  }

  async #page(current: () => boolean): Promise<void> {
    const { place } = this;
    if (place.at === "records") {
      const { kind, company } = place;
      const page = await this.client.command("directory.list", {
        kind,
        ...(company ? { company } : {}),
        ...(this.#words ? { find: this.#words } : {}),
        ...(this.#next === undefined ? {} : { after: this.#next }),
      });
      if (!current()) return;
      this.records = [...(this.records ?? []), ...page.records];
      this.#next = page.next;
    }
    if (place.at === "audit") {
      const page = await this.client.command("directory.audit", {
        ...(place.company ? { company: place.company } : {}),
        ...(this.#next === undefined ? {} : { before: this.#next }),
      });
      if (!current()) return;
      this.lines = [...(this.lines ?? []), ...page.lines];
      this.#next = page.next;
    }
  }

  /** Keeps a record. Where somebody else has changed it meanwhile, theirs is read. */
  async put(record: DirectoryRecord): Promise<Kept> {
    return this.#keep(record, () => this.client.command("directory.put", { record }));
  }

  /** Removes a record. */
  async remove({ kind, company, id, version }: DirectoryRecord): Promise<Kept> {
    const name = { kind, id, ...(company === undefined ? {} : { company }) };
    return this.#keep({ ...name, name: "", version }, () =>
      this.client.command("directory.remove", { ...name, version }),
    );
  }

  async #keep({ kind, company, id, version }: DirectoryRecord, ask: () => Promise<unknown>): Promise<Kept> {
    try {
      await ask();
      await this.read();
      return { kind: "done" };
    } catch (error) {
      const fault = Fault.from(error);
      const why = `Not saved. ${fault.message}${fault.retryable ? " Wait a moment and save again." : ""}`;
      if (fault.code !== "conflict") return { kind: "refused", why };
      const name = { kind, id, ...(company === undefined ? {} : { company }) };
      const theirs = await this.client.command("directory.show", name).catch(() => undefined);
      return { kind: "refused", why, ...(theirs && theirs.version !== version ? { theirs } : {}) };
    }
  }

  /** Asks what holds for a person. */
  async explain(question: Explain): Promise<void> {
    this.refusal = "";
    try {
      this.explained = await this.client.command("directory.explain", question);
    } catch (error) {
      this.explained = undefined;
      this.refusal = Fault.from(error).message;
    }
    this.changed();
  }

  /** A record is another now: what is shown is read again, if it stands there. */
  heard(kind: RecordKind, company: string | undefined): void {
    const { place } = this;
    if (place.at === "audit") void this.read();
    if (place.at === "records" && place.kind === kind && place.company === (company ?? "")) void this.read();
  }

  /** The whole audit of what is shown, as a file. */
  async file(): Promise<string> {
    while (this.more) {
      await this.nextPage();
      if (this.refusal) break;
    }
    return auditFile(this.lines ?? []);
  }
}

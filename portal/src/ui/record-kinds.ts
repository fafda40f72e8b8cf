import type { Choice, DirectoryRecord, RecordKind, Right } from "../protocol/wire";

/** How a field of a record is written and shown. */
export interface RecordField {
  name: Exclude<
    keyof DirectoryRecord,
    "kind" | "company" | "id" | "claimed" | "version" | "changedAt" | "changedBy"
  >;
  label: string;
  hint?: string;
  as: "text" | "choice" | "flag" | "words";
  /** The words that can be chosen, where only some can. */
  of?: readonly string[];
}

/** How pages call a kind of records, and what its records say. */
export interface KindWords {
  one: string;
  many: string;
  /** What the kind is for, above its list. */
  lead: string;
  fields: readonly RecordField[];
}

const name: RecordField = { name: "name", label: "Name", as: "text" };
const choice = (field: RecordField["name"], label: string, hint: string): RecordField => ({
  name: field,
  label,
  hint,
  as: "choice",
});
const person: readonly RecordField[] = [
  { name: "issuer", label: "Issuer", hint: "Who signs their tokens: a URL.", as: "text" },
  { name: "subject", label: "Subject", hint: "Who they are to the issuer.", as: "text" },
];
const machineRole: RecordField = {
  name: "machineRole",
  label: "Machine role",
  hint: "Its id. A device's own comes before its group's.",
  as: "text",
};

/** All kinds of records, in the order of the pages. */
export const kinds: Readonly<Record<RecordKind, KindWords>> = {
  company: {
    one: "company",
    many: "Companies",
    lead: "What is set here comes before the deployment's settings.",
    fields: [
      name,
      choice("chat", "Chat", "Contacts of the company may chat."),
      choice("preTicket", "Chat without a ticket", "Contacts may ask for help before there is a ticket."),
      choice("callbacks", "Callbacks", "Contacts may leave a number."),
    ],
  },
  contact: {
    one: "contact",
    many: "Contacts",
    lead: "What is set here comes before what is set for the company.",
    fields: [name, choice("chat", "Chat", "This contact may chat."), ...person],
  },
  group: {
    one: "device group",
    many: "Device groups",
    lead: "What holds for all devices of a group.",
    fields: [name, choice("ask", "Ask first", "Users are asked before a session begins."), machineRole],
  },
  device: {
    one: "device",
    many: "Devices",
    lead: "Devices come here by themselves when somebody signs in at them.",
    fields: [
      name,
      { name: "group", label: "Group", hint: "The id of a device group.", as: "text" },
      machineRole,
      choice("remote", "Remote control", "Off where it is disabled."),
      { name: "suspended", label: "Suspended: no session begins at it", as: "flag" },
    ],
  },
  technician: {
    one: "technician",
    many: "Technicians",
    lead: "A role or scope that is set here counts instead of what the technician's token says.",
    fields: [
      name,
      { name: "role", label: "Role", hint: "The id of a role. Empty: as the token says.", as: "text" },
      { name: "scope", label: "Scope", hint: "The id of a scope. Empty: as the token says.", as: "text" },
      ...person,
    ],
  },
  role: {
    one: "role",
    many: "Roles",
    lead: "What technicians of a role are able to do.",
    fields: [
      name,
      {
        name: "capabilities",
        label: "Capabilities",
        as: "words",
        of: ["administer", "direct", "history", "supervise"],
      },
    ],
  },
  scope: {
    one: "scope",
    many: "Scopes",
    lead: "Which companies and device groups technicians see.",
    fields: [
      name,
      {
        name: "places",
        label: "Places",
        hint: "Company ids, or company/group for one device group, with spaces between them.",
        as: "words",
      },
    ],
  },
  machine_role: {
    one: "machine role",
    many: "Machine roles",
    lead: "What the users of devices may do.",
    fields: [name, choice("begin", "Begin a chat", "Users may ask for help from the device.")],
  },
};

/** The kinds of records that belong to one company. */
export const ofCompany: readonly RecordKind[] = ["contact", "group", "device"];

/** How a choice is shown. */
export const choiceWords = (value: Choice | undefined): string =>
  value === "on" ? "On" : value === "off" ? "Off" : "Not set";

/** A field of a record as text, as it is written and compared. */
export function fieldText(record: DirectoryRecord | undefined, { name, as }: RecordField): string {
  const value = record?.[name];
  if (as === "flag") return value === true ? "yes" : "";
  return Array.isArray(value) ? value.join(" ") : typeof value === "string" ? value : "";
}

/** A record with a field as text. */
export function withField(record: DirectoryRecord, { name, as }: RecordField, text: string): DirectoryRecord {
  const next: DirectoryRecord = { ...record };
  const value = text.trim();
  if (value === "") Reflect.deleteProperty(next, name);
  else if (as === "flag") next.suspended = true;
  else Object.assign(next, { [name]: as === "words" ? value.split(/\s+/) : value });
  return next;
}

/** What a record says, in a line below its name. */
export function recordWords(record: DirectoryRecord): string {
  const said = kinds[record.kind].fields.flatMap((field) => {
    const text = fieldText(record, field);
    if (text === "" || field.name === "name" || field.name === "issuer") return [];
    if (field.as === "flag") return ["suspended"];
    return [`${field.label}: ${field.as === "choice" ? text : text}`];
  });
  const claimed = record.claimed;
  if (claimed && record.role === undefined)
    said.push(`able by token: ${claimed.capabilities?.join(" ") ?? "nothing"}`);
  if (claimed && record.scope === undefined)
    said.push(`sees by token: ${claimed.places?.join(" ") ?? "nothing"}`);
  return said.join(" · ");
}

/** What differs between two versions of a record, each in a sentence. */
export function changeWords(before: DirectoryRecord, after: DirectoryRecord): string[] {
  return kinds[after.kind].fields.flatMap((field) => {
    const [from, to] = [fieldText(before, field), fieldText(after, field)];
    return from === to ? [] : [`${field.label}: “${from || "not set"}” became “${to || "not set"}”`];
  });
}

/** How a right is called. */
export const rightWords: Readonly<Record<Right, string>> = {
  chat: "Chat",
  pre_ticket: "Chat without a ticket",
  callback: "Leave a number",
  begin: "Begin a chat from the device",
  ask: "Is asked before a session begins",
  see: "Sees the company or group",
  direct: "Begin sessions at devices",
  administer: "Administer",
  history: "Read the sessions of others",
  supervise: "Supervise",
};

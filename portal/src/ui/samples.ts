/** People, sessions and lines for the tests of components and for the gallery. */
import type { CallView } from "./call-panel";
import { noCall } from "./call-panel";
import type { ChatView } from "./chat-notes";
import type {
  Call,
  Colleague,
  DeviceRow,
  Entry,
  Participant,
  Person,
  RosterRow,
  Session,
  Ticket,
} from "../protocol/wire";

const minute = 60_000;

/** The time of all samples. */
export const now = Date.now();
/** A technician of two companies. */
export const alice: Person = { id: "a", name: "Alice Archer", role: "technician" };
/** Her colleague. */
export const bob: Person = { id: "b", name: "Bob Baker", role: "technician" };
/** A contact at a device. */
export const carol: Person = { id: "c", name: "Carol Jones", role: "contact" };
/** A contact at a portal. */
export const dave: Person = { id: "d", name: "Dave Miller", role: "contact" };
const erin: Person = { id: "e", name: "Erin Alexandra Featherstonehaugh-Montgomery", role: "contact" };

const inside = (person: Person): Participant => ({ ...person, joined: true });

/** A session that is going on, for 23 seconds. */
export const session: Session = {
  id: "acme/1",
  version: 3,
  kind: "managed",
  state: "active",
  company: "acme",
  contact: carol,
  device: { id: "d7", name: "ACME-LT-07" },
  participants: [inside(alice), inside(carol)],
  createdAt: now - 30 * minute,
  startedAt: now - 23_000,
};

/** A request that has waited for four minutes. */
export const requested: Session = {
  id: "globex/2",
  version: 1,
  kind: "portal",
  state: "requested",
  company: "globex",
  contact: dave,
  problem:
    "The printer on the second floor prints every page twice, and the scanner says that it is offline.",
  participants: [inside(dave)],
  createdAt: now - 4 * minute,
};

/** A request that nobody has answered in time. */
export const abandoned: Session = {
  ...session,
  id: "acme/4",
  state: "abandoned",
  problem: "My screen stays black.",
  ticket: { id: "acme/4", number: "7K3Q-9FMW", subject: "My screen stays black." },
  participants: [inside(carol)],
  createdAt: now - 70 * minute,
  endedAt: now - 65 * minute,
};

/** A contact who wants to be called back. */
export const callback: Session = {
  ...requested,
  id: "globex/5",
  state: "abandoned",
  problem: "I cannot sign in since this morning.",
  callback: { phone: "+44 20 7946 0018", note: "After four, please.", at: now - 20 * minute },
  createdAt: now - 25 * minute,
  endedAt: now - 20 * minute,
};

/** A session to which the contact has not agreed yet. */
export const connecting: Session = {
  ...session,
  id: "acme/6",
  state: "connecting",
  owner: alice.id,
  participants: [inside(alice), { ...carol, joined: false }],
  createdAt: now - 8_000,
};

/** A session that is over. */
export const ended: Session = { ...session, id: "acme/3", state: "ended", endedAt: now };

const say = (seq: number, by: Person, text: string, ago: number): Entry => ({
  seq,
  at: now - ago,
  kind: "message",
  by,
  message: `m${seq}`,
  text,
});

/** A transcript with a line of every look. */
export const entries: Entry[] = [
  { seq: 1, at: now - 1500 * minute, kind: "started", by: alice },
  say(2, alice, "Good morning! Can you restart your machine?", 1499 * minute),
  say(3, carol, "Ok.", 1498 * minute),
  say(4, carol, "Can you give me five minutes?\nI have to save first.", 1498 * minute),
  { seq: 5, at: now - 12 * minute, kind: "joined", by: bob },
  say(
    6,
    bob,
    "https://intranet.example/a/very/long/address/that/does/not/break/by/itself/anywhere?q=1234567890",
    11 * minute,
  ),
  { seq: 7, at: now - 10 * minute, kind: "call_rang", by: alice, call: { id: "k", media: "voice" } },
  { seq: 8, at: now - 9 * minute, kind: "call_answered", by: carol, call: { id: "k", media: "voice" } },
  {
    seq: 9,
    at: now - 7 * minute,
    kind: "call_ended",
    by: carol,
    call: { id: "k", media: "voice", seconds: 123, path: "local" },
  },
  say(10, alice, "Thank you, that helped.", 6 * minute),
];

/** Secrets that were shown, wait, and are gone. */
export const secrets: Entry[] = [
  { seq: 1, at: now - 90 * minute, kind: "started", by: alice },
  { seq: 2, at: now - 80 * minute, kind: "secret", by: alice, message: "s2" },
  say(3, alice, "I send the password once more.", 9 * minute),
  { seq: 4, at: now - 9 * minute, kind: "secret", by: alice, message: "s4" },
  { seq: 5, at: now - 8 * minute, kind: "revealed", by: carol, of: 4 },
  { seq: 6, at: now - 7 * minute, kind: "secret", by: carol, message: "s6" },
  { seq: 7, at: now - 6 * minute, kind: "secret", by: alice, message: "s7" },
];

const dot = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAIAAACQd1PeAAAADElEQVR4nGMwaFgAAAI0AVEwPsQNAAAAAElFTkSuQmCC";
const square = { type: "image/png", width: 300, height: 200 };

/** Images with words, without, and one that nobody brings. */
export const pictures: Entry[] = [
  { ...say(1, carol, "The error on my screen", 9 * minute), image: { ...square, data: dot } },
  { ...say(2, alice, "", 8 * minute), image: { ...square, data: dot } },
  { ...say(3, carol, "The printer", 7 * minute), image: square },
];

/** The session as its window shows it. */
export const view: ChatView = {
  session,
  entries,
  outgoing: [],
  connected: new Set(["a", "c"]),
  typing: [carol],
  current: true,
};

/** A roster of two companies. */
export const rows: RosterRow[] = [
  row(carol, "acme", "online", ["ACME-LT-07"]),
  row(erin, "acme", "away", ["ACME-WS-113", "ACME-LT-21"]),
  row(dave, "globex", "online", []),
];

/** A device that was enrolled and has never checked in. */
export function enrolled(id: string): DeviceRow {
  return { id, name: id.toUpperCase(), company: "acme", users: [], state: "never" };
}

/** A device where nobody is logged on, which checked in five minutes ago. */
export function device(id: string, rest: Partial<DeviceRow> = {}): DeviceRow {
  return { ...enrolled(id), checkedAt: now - 5 * minute, until: now + 5 * minute, state: "online", ...rest };
}

const user = (person: Person, quiet = 0): DeviceRow["users"][number] => ({
  id: person.id,
  name: person.name,
  activeAt: now - quiet * minute,
});

/** A ticket of Carol's, who is online, with one session that is kept. */
export const ticket: Ticket = {
  id: "acme/4",
  number: "7K3Q-9FMW",
  company: "acme",
  contact: carol,
  subject: "My screen stays black.",
  state: "open",
  sessions: [
    { session: "acme/0", at: now - 3000 * minute },
    { session: "acme/3", at: now - 70 * minute },
  ],
  createdAt: now - 3000 * minute,
  updatedAt: now - 70 * minute,
  version: 3,
};

/** Tickets of contacts who are online, away and offline. */
export const tickets: Ticket[] = [
  ticket,
  {
    ...ticket,
    id: "acme/5",
    number: "2M4X-T0AB",
    contact: erin,
    subject: "The scanner on the second floor is offline, and every page of the printer comes out twice.",
    sessions: [],
    createdAt: now - 12_000 * minute,
  },
  {
    ...ticket,
    id: "globex/6",
    number: "Z8R1-00KQ",
    company: "globex",
    contact: { id: "g", name: "Grace Moss", role: "contact" },
    subject: "A new laptop",
    createdAt: now - 90_000 * minute,
  },
];

/** A ticket that was closed with a note. */
export const closedTicket: Ticket = {
  ...ticket,
  state: "closed",
  closing: { by: bob, note: "Replaced the cable.", at: now - 40 * minute },
  version: 4,
};

/** Devices in every state, by id. */
export const devices = new Map<string, DeviceRow>(
  [
    device("ACME-LT-07", { users: [user(carol)] }),
    device("ACME-WS-113", { users: [user(erin, 25)] }),
    device("ACME-LT-21", { users: [user(erin)], noRemote: true }),
    device("acme-pc-01"),
    device("acme-pc-02", { until: now }),
    device("acme-pc-03", { suspended: true }),
    device("acme-pc-04", { auditing: true }),
    enrolled("acme-pc-99"),
  ].map((row) => [row.id, row]),
);

/** Who else is logged on. */
export const colleagues: Colleague[] = [
  { ...alice, availability: "online" },
  { ...bob, availability: "busy" },
  { id: "f", name: "Frank Moore", role: "technician", availability: "away" },
];

const call = (media: Call["media"], state: Call["state"], by: string): Call => ({
  id: "k",
  media,
  state,
  by,
  parties: [],
  rangAt: now,
  ...(state === "answered" ? { answeredAt: now - 83_000 } : {}),
});

/** A call in every phase that looks different. */
export const calls: Record<string, CallView> = {
  "asking for the microphone": { ...noCall, phase: { kind: "asking", media: "voice" } },
  calling: { ...noCall, phase: { kind: "calling", call: call("voice", "ringing", "a") } },
  ringing: { ...noCall, phase: { kind: "ringing", call: call("video", "ringing", "c"), answering: false } },
  connecting: { ...noCall, phase: { kind: "connecting", call: call("voice", "answered", "a") } },
  "voice, same network": {
    ...noCall,
    phase: { kind: "connected", call: call("voice", "answered", "a"), path: "local" },
  },
  "voice, relayed and muted": {
    ...noCall,
    muted: true,
    phase: { kind: "connected", call: call("voice", "answered", "a"), path: "relayed" },
  },
  "video, internet": {
    ...noCall,
    phase: { kind: "connected", call: call("video", "answered", "a"), path: "direct" },
  },
  elsewhere: { ...noCall, phase: { kind: "elsewhere", call: call("voice", "answered", "a") } },
  declined: { ...noCall, phase: { kind: "over", why: { kind: "declined" } } },
  lost: { ...noCall, phase: { kind: "over", why: { kind: "lost" } } },
};

function row(person: Person, company: string, activity: RosterRow["activity"], devices: string[]): RosterRow {
  return {
    ...person,
    company,
    activity,
    devices: devices.map((name) => ({ id: name, name })),
    activeAt: now,
    until: now + 90 * minute,
  };
}

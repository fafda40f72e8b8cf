import { existsSync } from "node:fs";
import {
  test as base,
  expect as plain,
  type Browser,
  type BrowserContext,
  type Locator,
  type Page,
} from "@playwright/test";
import type { Settings } from "../src/protocol/wire";
import { Parley } from "./parley";

/** Waits longer than usual: the machine may have other things to do. */
export const expect = plain.configure({ timeout: 15_000 });

const chromiums = [
  "/usr/bin/chromium",
  "/usr/bin/chromium-browser",
  "/usr/bin/google-chrome",
  "/usr/bin/google-chrome-stable",
];

/** What the browser refused to do for the policy that the site sends; no story may have any. */
const blocked: string[] = [];

/** What the browser counts of a call, over all of a page's connections. */
export interface Flow {
  framesDecoded: number;
  audioBytes: number;
}

/** Somebody at their own browser window. */
export class Person {
  private constructor(
    readonly page: Page,
    readonly context: BrowserContext,
  ) {}

  /** Opens a window of the browser, with nothing kept from before, at a page that signs in by its address. */
  static async signsIn(browser: Browser, at: string, world: World): Promise<Person> {
    const context = await browser.newContext({ permissions: ["camera", "microphone"] });
    await context.addInitScript(prepare, world);
    const page = await context.newPage();
    page.on("console", (line) => {
      if (line.text().includes("Content Security Policy")) blocked.push(line.text());
    });
    await page.goto(at);
    return new Person(page, context);
  }

  /** The window of the chat with somebody. */
  chat(title: string | RegExp = /./): Chat {
    const name = typeof title === "string" ? `Chat with ${title}` : new RegExp(`^Chat with ${title.source}`);
    return new Chat(this.page.getByRole("region", { name }));
  }

  /** Asks for help, as a contact does. */
  async asks(problem: string): Promise<void> {
    await this.page.getByRole("textbox").fill(problem);
    await this.page.getByRole("textbox").press("Tab");
    await this.button(/ask|help|start/i).click();
  }

  /** A button by its whole name; by a part of it where that is a pattern. */
  button(name: string | RegExp): Locator {
    return this.page.getByRole("button", { name, exact: typeof name === "string" });
  }

  /** What has flowed to this page so far. */
  async receives(): Promise<Flow> {
    return this.page.evaluate(async () => {
      const flow = { framesDecoded: 0, audioBytes: 0 };
      const connections = (globalThis as unknown as { connections: RTCPeerConnection[] }).connections;
      for (const connection of connections) {
        for (const one of (await connection.getStats()).values() as Iterable<Record<string, unknown>>) {
          if (one["type"] !== "inbound-rtp") continue;
          if (one["kind"] === "video") flow.framesDecoded += Number(one["framesDecoded"] ?? 0);
          if (one["kind"] === "audio") flow.audioBytes += Number(one["bytesReceived"] ?? 0);
        }
      }
      return flow;
    });
  }
}

/** The window of one session. */
export class Chat {
  constructor(readonly window: Locator) {}

  get log(): Locator {
    return this.window.getByRole("log");
  }

  get field(): Locator {
    return this.window.getByRole("textbox", { name: "Message" });
  }

  /** Chooses from the menu of the window. */
  async chooses(item: string): Promise<void> {
    await this.window.getByRole("button", { name: "More about this session" }).click();
    await this.window.page().getByRole("menuitem", { name: item }).click();
  }

  /** Writes a message and sends it with the button. */
  async says(text: string): Promise<void> {
    await this.field.fill(text);
    await this.window.getByRole("button", { name: "Send" }).click();
  }

  /** The messages as they stand in the log, without those of the service. */
  async messages(): Promise<string[]> {
    return this.log.locator(".text").allInnerTexts();
  }

  /** Waits until the log shows these messages and no others. */
  async shows(...messages: string[]): Promise<void> {
    await expect.poll(() => this.messages()).toEqual(messages);
  }
}

/** How long a call may take to connect. */
export const connected = { timeout: 30_000 };

/** Waits until the call's badge names the way of the media. */
export async function showsPath(one: Person, path: string): Promise<void> {
  await expect(one.chat().window.getByText(path, { exact: true })).toBeVisible(connected);
}

/** Waits until media has come, and then until more of it has. */
export async function flows(one: Person, what: keyof Flow): Promise<void> {
  await expect.poll(async () => (await one.receives())[what], connected).toBeGreaterThan(0);
  const before = (await one.receives())[what];
  await expect.poll(async () => (await one.receives())[what], connected).toBeGreaterThan(before);
}

// Runs in the page before its own code. A page cannot be asked for its
// connections; so it keeps them. Behind a firewall every direct address that the
// other side tells leads nowhere (RFC 5737): only what the relay brings is left.
// And the hundred and more minutes, after which the client makes its next
// connection, pass faster.
function prepare({ firewall, renewAfter }: World): void {
  const later = globalThis.setTimeout;
  const renewal = (ms: number): boolean => ms > 100 * 60_000 && ms < 120 * 60_000;
  globalThis.setTimeout = ((run: () => void, ms = 0) =>
    later(run, renewAfter !== undefined && renewal(ms) ? renewAfter : ms)) as typeof setTimeout;
  const kept = Object.assign(globalThis, { connections: [] as RTCPeerConnection[] });
  const direct = /(candidate:\S+ \d \S+ \d+) \S+ (\d+ typ (?:host|srflx))/;
  globalThis.RTCPeerConnection = class extends RTCPeerConnection {
    constructor(configuration?: RTCConfiguration) {
      super(configuration);
      kept.connections.push(this);
    }

    override addIceCandidate(told?: RTCIceCandidateInit | null): Promise<void> {
      const { candidate = "" } = told ?? {};
      const reachable = firewall ? candidate.replace(direct, "$1 198.51.100.1 $2") : candidate;
      return super.addIceCandidate({ ...told, candidate: reachable });
    }
  };
}

// Runs in the page: changes the settings over the wire.
async function change(wanted: Partial<Settings>): Promise<void> {
  const read = async (asked: Promise<Response>): Promise<Record<string, string>> =>
    (await (await asked).json()) as Record<string, string>;
  const { websocket = "" } = await read(fetch("/config.json"));
  const headers = { "content-type": "application/json" };
  const body = JSON.stringify({ person: "alice" });
  const { token = "" } = await read(fetch("/issuer/token", { method: "POST", headers, body }));
  const socket = new WebSocket(websocket, ["parley", token]);
  const ask = (verb: string, data: unknown): Promise<Settings> =>
    new Promise((resolve, reject) => {
      const answered = ({ data: text }: MessageEvent<string>): void => {
        const reply = JSON.parse(text) as { data?: Settings; error?: { message: string } };
        if (reply.data) resolve(reply.data);
        else reject(new Error(reply.error?.message));
      };
      socket.addEventListener("message", answered, { once: true });
      socket.send(JSON.stringify({ action: "admin", id: 1, do: verb, data }));
    });
  await new Promise((opened) => socket.addEventListener("open", opened));
  const settings = await ask("show", {});
  await ask("set", { settings: { ...settings, ...wanted } });
  socket.close();
}

interface Cast {
  /** Changes the settings, as an administrator may. */
  sets: (wanted: Partial<Settings>) => Promise<void>;
  /** Opens a page as one of the people whom the local identity provider knows. */
  signsIn: (role: "technician" | "contact" | "admin", key: string, query?: string) => Promise<Person>;
  /** Alice, who helps Acme and Globex; query is added to the address. */
  technician: (query?: string) => Promise<Person>;
  /** Dave of Globex. */
  contact: (query?: string) => Promise<Person>;
  /** Both sign in, and Alice opens a chat with Dave. */
  talk: (query?: string) => Promise<{ alice: Person; dave: Person }>;
  parley: Parley;
}

/** What is otherwise in the browsers of a test than in the rest of the world. */
interface World {
  /** Whether no browser can reach another directly. */
  firewall: boolean;
  /** After how many milliseconds, and not two hours less a little, the client makes its next connection. */
  renewAfter: number | undefined;
}

/** What a test may say with test.use. */
interface Told extends World {
  /** More environment of Parley, such as PARLEY_MAX_AGE. */
  environment: Record<string, string>;
}

interface Machine {
  /** Where the browser is. */
  chromium: string | undefined;
}

/** A test with a Parley of its own, and people who sign in to it. */
export const test = base.extend<Cast & Told, Machine>({
  environment: [{}, { option: true }],
  firewall: [false, { option: true }],
  renewAfter: [undefined, { option: true }],
  chromium: [
    // eslint-disable-next-line no-empty-pattern -- Playwright reads from the pattern which fixtures are needed.
    async ({}, use) => {
      await use([process.env["PARLEY_CHROMIUM"] ?? "", ...chromiums].find((path) => existsSync(path)));
    },
    { scope: "worker" },
  ],
  launchOptions: [
    async ({ launchOptions, chromium }, use) => {
      const options = { ...launchOptions };
      delete options.executablePath; // Without one, Playwright takes the browser that it has brought.
      await use(chromium === undefined ? options : { ...options, executablePath: chromium });
    },
    { scope: "worker" },
  ],
  parley: async ({ environment, browser }, use, info) => {
    const parley = await Parley.start(environment);
    blocked.length = 0;
    await use(parley);
    plain(blocked).toEqual([]);
    await Promise.all(browser.contexts().map((context) => context.close()));
    await parley.stop();
    if (info.status !== info.expectedStatus) await info.attach("parley", { body: parley.output });
  },
  signsIn: async ({ browser, parley, firewall, renewAfter }, use) => {
    await use((role, key, query = "") =>
      Person.signsIn(browser, `${parley.url}/${role}/?as=${key}${query}`, { firewall, renewAfter }),
    );
  },
  sets: async ({ browser, parley }, use) => {
    await use(async (wanted) => {
      const page = await browser.newPage();
      await page.goto(parley.url);
      await page.evaluate(change, wanted);
      await page.close();
    });
  },
  technician: async ({ signsIn }, use) => {
    await use((query) => signsIn("technician", "alice", query));
  },
  contact: async ({ signsIn }, use) => {
    await use((query) => signsIn("contact", "dave", query));
  },
  talk: async ({ technician, contact }, use) => {
    await use(async (query) => {
      const his = await contact(query);
      const hers = await technician(query);
      await hers.button("Chat with Dave Miller").click();
      await expect(his.chat().field).toBeVisible();
      return { alice: hers, dave: his };
    });
  },
});

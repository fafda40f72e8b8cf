import { existsSync } from "node:fs";
import {
  test as base,
  expect,
  type Browser,
  type BrowserContext,
  type Locator,
  type Page,
} from "@playwright/test";
import { Parley } from "./parley";

const chromiums = [
  "/usr/bin/chromium",
  "/usr/bin/chromium-browser",
  "/usr/bin/google-chrome",
  "/usr/bin/google-chrome-stable",
];

/** What the browser counts of a call, over all of a page's connections. */
export interface Flow {
  framesDecoded: number;
  audioBytes: number;
}

/** Somebody at their own browser window. */
export class Person {
  private constructor(
    readonly name: string,
    readonly page: Page,
    readonly context: BrowserContext,
  ) {}

  static async signsIn(browser: Browser, at: string, name: string): Promise<Person> {
    const context = await browser.newContext({ permissions: ["camera", "microphone"] });
    await context.addInitScript(keepConnections);
    const page = await context.newPage();
    await page.goto(at);
    return new Person(name, page, context);
  }

  /** The window of the chat with somebody. */
  chat(title: string | RegExp = /./): Chat {
    const name = typeof title === "string" ? `Chat with ${title}` : new RegExp(`^Chat with ${title.source}`);
    return new Chat(this.page.getByRole("region", { name }));
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

// A page cannot be asked for its connections; so it keeps them.
function keepConnections(): void {
  const kept = Object.assign(globalThis, { connections: [] as RTCPeerConnection[] });
  globalThis.RTCPeerConnection = class extends RTCPeerConnection {
    constructor(configuration?: RTCConfiguration) {
      super(configuration);
      kept.connections.push(this);
    }
  };
}

interface Cast {
  /** Signs in by the start page's key; query is added to the address. */
  technician: (query?: string) => Promise<Person>;
  contact: (query?: string) => Promise<Person>;
  /** Both sign in, and Alice opens a chat with Dave. */
  talk: (query?: string) => Promise<{ alice: Person; dave: Person }>;
  parley: Parley;
}

/** A test with a Parley of its own, and people who sign in to it. */
export const test = base.extend<
  Cast & { environment: Record<string, string> },
  { chromium: string | undefined }
>({
  environment: [{}, { option: true }],
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
  parley: async ({ environment }, use, info) => {
    const parley = await Parley.start(environment);
    await use(parley);
    await parley.stop();
    if (info.status !== info.expectedStatus) await info.attach("parley", { body: parley.output });
  },
  technician: async ({ browser, parley }, use) => {
    await use((query = "") =>
      Person.signsIn(browser, `${parley.url}/technician/?as=alice${query}`, "Alice Archer"),
    );
  },
  contact: async ({ browser, parley }, use) => {
    await use((query = "") =>
      Person.signsIn(browser, `${parley.url}/contact/?as=dave${query}`, "Dave Miller"),
    );
  },
  talk: async ({ technician, contact, browser }, use) => {
    await use(async (query) => {
      const his = await contact(query);
      const hers = await technician(query);
      await hers.button("Chat with Dave Miller").click();
      await expect(his.chat().field).toBeVisible();
      return { alice: hers, dave: his };
    });
    await Promise.all(browser.contexts().map((context) => context.close()));
  },
});

export { expect };

import { spawn, type ChildProcess } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer, type AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { setTimeout } from "node:timers/promises";

const checkout = resolve(import.meta.dirname, "../..");
const startWithin = 30_000;
const places = ["PARLEY_PORTAL", "PARLEY_WEBSOCKET", "PARLEY_LAMBDA", "PARLEY_DYNAMODB", "PARLEY_TURN"];

/** All of Parley on this machine, on ports of its own and with nothing kept from before. */
export class Parley {
  private constructor(
    /** Where the portal is. */
    readonly url: string,
    private readonly twin: ChildProcess,
    private readonly data: string,
  ) {}

  /** What it printed so far. */
  output = "";

  /**
   * Starts what `make build` has built, and waits until it is ready. The
   * environment may say more, such as PARLEY_MAX_AGE.
   */
  static async start(more: Record<string, string> = {}): Promise<Parley> {
    const binary = join(checkout, "build/local");
    if (!existsSync(binary)) throw new Error("There is no build/local: run `make build` first.");
    for (let tries = 1; ; tries++) {
      const parley = await Parley.spawn(binary, more);
      if (await parley.ready()) return parley;
      await parley.stop();
      // Somebody may have taken one of the ports in between; then others are free.
      if (tries === 3) throw new Error(`Parley did not start. It printed:\n${parley.output}`);
    }
  }

  private static async spawn(binary: string, more: Record<string, string>): Promise<Parley> {
    const data = await mkdtemp(join(tmpdir(), "parley-"));
    const ports = await freePorts(places.length);
    const addresses = Object.fromEntries(places.map((place, i) => [place, `127.0.0.1:${ports[i] ?? 0}`]));
    const env = { ...process.env, ...addresses, PARLEY_DATA: data, ...more };
    const twin = spawn(binary, { cwd: checkout, env, stdio: ["ignore", "pipe", "pipe"] });
    const parley = new Parley(`http://${addresses["PARLEY_PORTAL"] ?? ""}`, twin, data);
    for (const stream of [twin.stdout, twin.stderr]) {
      stream.on("data", (text: Buffer) => (parley.output += text.toString()));
    }
    return parley;
  }

  /** Stops it, and forgets its data. */
  async stop(): Promise<void> {
    if (this.twin.exitCode === null) {
      const ended = new Promise((done) => this.twin.once("exit", done));
      this.twin.kill("SIGINT");
      await ended;
    }
    await rm(this.data, { recursive: true, force: true });
  }

  /** Waits until it answers; false when it ended or takes too long. */
  private async ready(): Promise<boolean> {
    const giveUp = Date.now() + startWithin;
    while (!(await answers(`${this.url}/healthz`))) {
      if (this.twin.exitCode !== null || Date.now() > giveUp) return false;
      await setTimeout(50);
    }
    return true;
  }
}

async function answers(url: string): Promise<boolean> {
  return fetch(url).then(
    ({ ok }) => ok,
    () => false,
  );
}

/** Ports that nobody has. All are held until the last is found, so that they differ. */
async function freePorts(count: number): Promise<number[]> {
  const servers = await Promise.all(Array.from({ length: count }, () => listening()));
  const ports = servers.map((server) => (server.address() as AddressInfo).port);
  await Promise.all(servers.map((server) => new Promise((done) => server.close(done))));
  return ports;
}

function listening(): Promise<ReturnType<typeof createServer>> {
  return new Promise((ready, fail) => {
    const server = createServer().once("error", fail);
    server.listen(0, "127.0.0.1", () => ready(server));
  });
}

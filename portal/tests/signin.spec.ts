import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { test, expect, type Page } from "@playwright/test";
import Provider from "oidc-provider";
import { Parley } from "./parley";

test.describe.configure({ timeout: 60_000 });

/** What the provider knows of its people, by how they sign in. */
const people: Record<string, Record<string, unknown>> = {
  alice: { name: "Alice Archer", parley: { role: "technician", companies: ["globex"] } },
  dave: { name: "Dave Miller", parley: { role: "contact", company: "globex" } },
};

/** A real OpenID Connect provider, which knows the portal at an address as "desk". */
async function provider(): Promise<{ at: string; admit: (portal: string) => void; server: Server }> {
  const server = createServer();
  await new Promise<void>((ready) => server.listen(0, "127.0.0.1", ready));
  const at = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const admit = (portal: string): void => {
    const pages = ["technician", "contact"].map((page) => `${portal}/${page}/`);
    const oidc = new Provider(at, {
      clients: [
        {
          client_id: "desk",
          token_endpoint_auth_method: "none",
          application_type: "native", // The portal of a test is at 127.0.0.1, without TLS.
          grant_types: ["authorization_code", "refresh_token"],
          redirect_uris: pages,
          post_logout_redirect_uris: [`${portal}/`],
        },
      ],
      scopes: ["openid", "profile", "offline_access"],
      claims: { openid: ["sub", "parley"], profile: ["name"] },
      conformIdTokenClaims: false,
      clientBasedCORS: () => true,
      ttl: { IdToken: 90 },
      findAccount: (_, sub) => ({ accountId: sub, claims: () => ({ sub, ...people[sub] }) }),
    });
    const answer = oidc.callback();
    server.on("request", (request, response) => void answer(request, response));
  };
  return { at, admit, server };
}

async function signsIn(page: Page, person: string): Promise<void> {
  await page.getByPlaceholder("Enter any login").fill(person);
  await page.getByPlaceholder("and password").fill("anything");
  await page.getByRole("button", { name: "Sign-in" }).click();
  await page.getByRole("button", { name: "Continue" }).click();
}

// The tokens are those of a real provider: discovery, keys, the code flow with PKCE.
test("readers sign in at the deployment's identity provider, and stay signed in (P18)", async ({
  browser,
}) => {
  const id = await provider();
  const parley = await Parley.start({ PARLEY_SIGN_IN: `${id.at},desk` });
  try {
    id.admit(parley.url);
    const alice = await (await browser.newContext()).newPage();
    await alice.goto(`${parley.url}/technician/`);
    await signsIn(alice, "alice");
    await expect(alice.getByText("Alice Archer").first()).toBeVisible();
    expect(new URL(alice.url()).search).toBe(""); // The code is gone from the address.

    const dave = await (await browser.newContext()).newPage();
    await dave.goto(`${parley.url}/contact/`);
    await signsIn(dave, "dave");
    await expect(alice.getByRole("button", { name: "Chat with Dave Miller" })).toBeVisible({
      timeout: 15_000,
    });

    await alice.reload(); // Nobody is asked again.
    await expect(alice.getByRole("button", { name: "Chat with Dave Miller" })).toBeVisible({
      timeout: 15_000,
    });
    expect(alice.url()).toContain(parley.url);
  } finally {
    await parley.stop();
    id.server.close();
    id.server.closeAllConnections();
  }
});

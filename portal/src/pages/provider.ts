import type { User, UserManager } from "oidc-client-ts";
import type { Provider } from "./config";
import type { SignIn } from "./signin";

/** A token that is good for less than this many seconds is renewed first. */
const soon = 60;

/**
 * Signs in at an OpenID Connect provider: by the authorization code flow with
 * PKCE, in which the page leaves for the provider's and comes back. The ID token
 * is the token. It is renewed by a refresh token where the provider gives one.
 */
export function byProvider(provider: Provider): SignIn {
  let manager: Promise<UserManager> | undefined;
  const managed = (): Promise<UserManager> => (manager ??= manage(provider));
  return {
    token: async () => tokenOf(await managed()),
    signOut: () => {
      void managed().then(async (m) => {
        await m.removeUser();
        await m.signoutRedirect().catch(() => location.assign("/")); // A provider need not have an end of its own.
      });
    },
  };
}

// Loaded only where a provider is: a developer's pages and a device's do without.
async function manage({ authority, clientId }: Provider): Promise<UserManager> {
  const { UserManager } = await import("oidc-client-ts");
  return new UserManager({
    authority,
    client_id: clientId,
    redirect_uri: location.origin + location.pathname,
    post_logout_redirect_uri: location.origin + "/",
    scope: "openid profile offline_access",
    automaticSilentRenew: false,
    loadUserInfo: false,
  });
}

async function tokenOf(m: UserManager): Promise<string> {
  let user = await comeBack(m);
  user ??= await m.getUser();
  if (user !== null && (user.expires_in ?? 0) < soon) user = await renewed(m, user);
  if (user?.id_token !== undefined) return user.id_token;
  await m.signinRedirect();
  return new Promise(() => undefined); // The page is leaving.
}

// A page to which the provider sends the reader back has the code in its address.
async function comeBack(m: UserManager): Promise<User | null> {
  if (!/[?&]state=/.test(location.search)) return null;
  const user = await m.signinCallback().catch(() => undefined); // Old, or of another tab: sign in again.
  history.replaceState(history.state, "", location.pathname);
  return user ?? null;
}

async function renewed(m: UserManager, user: User): Promise<User | null> {
  if (user.refresh_token === undefined) return null;
  return m.signinSilent().catch(() => null); // Revoked, or too old: sign in again.
}

import { Access } from "../admin/access.ts";
import { createAdminApp } from "../admin/app.ts";
import type { AdminServer } from "../admin/serve.ts";
import type { Answering } from "../admin/serve_calls.ts";
import { dashboardLink } from "../admin/session_routes.ts";
import { readOrMakeAdminToken } from "../config/admin_token.ts";
import type { Config } from "../config/config.ts";
import { configHome } from "../config/config_home.ts";
import type { LiveConfig } from "../config/live_config.ts";
import type { SocketAddress } from "../net/address/endpoint.ts";
import type { RunningProxy } from "../proxy/proxy.ts";
import type { PolicyFlags } from "./argv/command.ts";
import { explainUnder } from "./explain.ts";
import { explanationJson } from "./printed/explanation.ts";
import { adminListenFailure } from "./printed/listen_failure.ts";
import type { Surroundings } from "./surroundings.ts";
import { VERSION } from "../library/version.ts";

/** What the admin API shows, once there is a proxy. */
export interface AdminSubject {
  readonly proxy: RunningProxy;
  readonly live: LiveConfig;
  readonly policy: PolicyFlags;
  readonly diagnose: (line: string) => void;
}

/** An admin API that listens, and answers as soon as it is given a proxy. */
export interface OpenAdmin extends AsyncDisposable {
  readonly address: SocketAddress;
  /** What cannot be done there, and why; null where all can. */
  readonly warning: string | null;
  /** A link that opens the dashboard, once. */
  readonly link: () => string;
  /** Begins to answer. */
  readonly show: (subject: AdminSubject) => void;
}

/** Listens for the admin API. Null when it cannot, which has been explained on standard error then. */
export async function openAdmin(config: Config, here: Surroundings): Promise<OpenAdmin | null> {
  const { promise: answer, resolve } = Promise.withResolvers<Answering>();
  const { clock, terminal: { err } } = here;
  const diagnose = (line: string) => err.line(`doorward: ${line}`);
  const { token, warning } = await adminToken(here);
  const access = new Access(token, config.network.admin_auth);
  let server: AdminServer;
  try {
    server = await here.serveAdmin(config.adminAddress, { answer, clock, diagnose });
  } catch (error) {
    const failure = adminListenFailure(error, config.adminAddress);
    if (failure === null) throw error;
    failure.forEach((line) => err.line(...line));
    return null;
  }
  const { address } = server;
  return {
    address,
    warning,
    link: () => dashboardLink(access, address),
    show: ({ proxy, live, policy, diagnose }) => {
      const app = createAdminApp({
        proxy,
        configuration: live,
        access,
        listener: address,
        version: VERSION,
        clock,
        explain: async (target, method) => {
          const asked = { target, method, lookup: true, policy };
          const { current } = proxy.policy;
          return explanationJson(await explainUnder(current, live.config, asked, here));
        },
        diagnose,
      });
      resolve(app.answer);
    },
    [Symbol.asyncDispose]: () => server.close(),
  };
}

/** A token, and what is to be said of it. */
interface AdminToken {
  readonly token: string;
  readonly warning: string | null;
}

/** The token of the home folder. Where there is none to be had nobody knows the token: what it guards stays shut. */
async function adminToken(here: Surroundings): Promise<AdminToken> {
  const home = configHome(here.env, here.os);
  const unknown = (why: string): AdminToken => ({
    token: crypto.randomUUID(),
    warning: `${why}: only the dashboard can loosen the policy`,
  });
  if (home === null) return unknown("There is no home folder for the admin token");
  try {
    return { token: await readOrMakeAdminToken(home.home, here.os), warning: null };
  } catch (error) {
    return unknown(error instanceof Error ? error.message : String(error));
  }
}

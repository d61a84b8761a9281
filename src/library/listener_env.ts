import { isAttemptId } from "../audit/attempt_id.ts";
import type { Config } from "../config/config.ts";
import type { RunningProxy } from "../proxy/proxy.ts";
import { childEnv } from "./env/child_env.ts";
import type { OpenAuthority } from "./open_authority.ts";

/** The listeners that a command is to go by. */
export type ListenersOf = Pick<RunningProxy, "address" | "socksAddress">;

/** What the environment of a command depends on. */
export interface ListenerFacts extends ListenersOf {
  readonly config: Config;
  readonly trust: OpenAuthority | null;
  readonly attempt: string | null;
}

/**
 * The variables that point a command at a listener of the proxy.
 *
 * @throws {TypeError} for an attempt that no URL could carry
 */
export function listenerEnv(
  { address, socksAddress, config, trust, attempt }: ListenerFacts,
  inherited: Readonly<Record<string, string>>,
): Record<string, string> {
  if (attempt !== null && !isAttemptId(attempt)) {
    throw new TypeError(
      `Cannot mark requests with "${attempt}": an attempt id is 1 to 128 printable characters of ASCII, ` +
        "without a space or a colon",
    );
  }
  const { network, secretVariables } = config;
  return childEnv(inherited, {
    listener: address,
    allProxy: network.all_proxy === "socks5h" ? socksAddress : null,
    allowLocalBinding: network.allow_local_binding,
    trustBundle: trust?.bundlePath ?? null,
    attempt,
    secretVariables,
    connect: null,
  });
}

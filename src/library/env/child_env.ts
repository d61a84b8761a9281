import { ADMIN_TOKEN } from "../../config/admin_token.ts";
import { formatIp } from "../../net/address/ip.ts";
import { gitSshCommand } from "./git_ssh_command.ts";
import { clientAddress } from "../../net/address/client_address.ts";
import { type ProxyFacts, proxyVariables } from "./proxy_variables.ts";

/** What a child is told of the proxy. */
export interface ChildFacts extends ProxyFacts {
  /** The words that call `doorward connect` through it, but for the target; null leaves git over ssh alone. */
  readonly connect: readonly string[] | null;
  /** What holds secrets that the proxy puts into requests. */
  readonly secretVariables: readonly string[];
}

/**
 * The variables to lay over `inherited`, so that every client that reads any of them goes to the proxy.
 * A variable that is there in another case (`Http_Proxy`, `NPM_CONFIG_PROXY`) is overwritten, too: on Windows
 * it is the same one, and npm reads any case.
 */
export function childEnv(
  inherited: Readonly<Record<string, string>>,
  facts: ChildFacts,
): Record<string, string> {
  const ours: Record<string, string> = {
    ...proxyVariables(facts),
    ...(facts.connect === null ? {} : { GIT_SSH_COMMAND: gitSshCommand(inherited, facts.connect) }),
    CODEX_NETWORK_PROXY_ACTIVE: "1",
    CODEX_NETWORK_ALLOW_LOCAL_BINDING: facts.allowLocalBinding ? "1" : "0",
    DOORWARD_ACTIVE: "1",
    // What approves requests, or goes into them on the way, is not for who makes them.
    ...emptied([ADMIN_TOKEN, ...facts.secretVariables], inherited),
  };
  const byName = new Map(Object.entries(ours).map(([name, value]) => [name.toLowerCase(), value]));
  for (const name of Object.keys(inherited)) {
    const value = byName.get(name.toLowerCase());
    if (value !== undefined) ours[name] = value;
  }
  const java = Object.keys(inherited).find((name) => name.toLowerCase() === "java_tool_options");
  ours[java ?? "JAVA_TOOL_OPTIONS"] = appendJavaOptions(inherited[java ?? ""], facts);
  return ours;
}

/** No variable can be taken away from a child, but its value can. */
function emptied(
  names: readonly string[],
  inherited: Readonly<Record<string, string>>,
): Record<string, string> {
  const there = names.filter((name) => inherited[name] !== undefined);
  return Object.fromEntries(there.map((name) => [name, ""]));
}

/** Java reads no proxy variable. The last of two `-D` counts, so what is there can stay. */
function appendJavaOptions(existing: string | undefined, facts: ProxyFacts): string {
  const { ip, port } = clientAddress(facts.listener);
  const host = formatIp(ip);
  return [
    ...(existing === undefined || existing.trim() === "" ? [] : [existing]),
    `-Dhttp.proxyHost=${host}`,
    `-Dhttp.proxyPort=${port}`,
    `-Dhttps.proxyHost=${host}`,
    `-Dhttps.proxyPort=${port}`,
    `-Dhttp.nonProxyHosts=${facts.allowLocalBinding ? "localhost|127.*|[::1]" : ""}`,
  ].join(" ");
}

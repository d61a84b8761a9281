import { loadConfig } from "../config/config.ts";
import type { EnvCommand } from "./argv/command.ts";
import { configSource } from "./config_source.ts";
import { EXIT } from "./exit_code.ts";
import { openAuthority } from "../library/open_authority.ts";
import { allProxyOf } from "./shell/all_proxy.ts";
import { proxyVariables } from "../library/env/proxy_variables.ts";
import { assignments, likelyShell } from "../library/env/shell_quote.ts";
import type { Surroundings } from "./surroundings.ts";

/** `doorward env`: the variables that point a shell at the configured listener. */
export async function env(command: EnvCommand, here: Surroundings): Promise<number> {
  const { out, err } = here.terminal;
  const config = await loadConfig(await configSource(command.policy, here));
  const { proxyAddress, network } = config;
  if (proxyAddress.port === 0) {
    err.line("doorward: Cannot print variables: network.proxy_url leaves the port to the system");
    err.line('  "doorward start" prints the port it got');
    return EXIT.failed;
  }
  const trust = await openAuthority(config, here);
  const variables = proxyVariables({
    listener: proxyAddress,
    allProxy: allProxyOf(config),
    allowLocalBinding: network.allow_local_binding,
    trustBundle: trust?.bundlePath ?? null,
  });
  if (command.json) {
    out.line(JSON.stringify(variables));
    return EXIT.done;
  }
  const shell = command.shell ?? likelyShell(here.env, here.os);
  for (const [name, value] of Object.entries(variables)) {
    out.line(assignments({ [name]: value }, shell));
  }
  return EXIT.done;
}

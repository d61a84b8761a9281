import { loadConfig } from "../config/config.ts";
import type { EnvCommand } from "./argv/command.ts";
import { configSource } from "./config_source.ts";
import { EXIT } from "./exit_code.ts";
import { proxyVariables } from "./shell/proxy_variables.ts";
import { assignments, likelyShell } from "./shell/shell_quote.ts";
import type { Surroundings } from "./surroundings.ts";

/** `doorward env`: the variables that point a shell at the configured listener. */
export async function env(command: EnvCommand, here: Surroundings): Promise<number> {
  const { out, err } = here.terminal;
  const { proxyAddress, socksAddress, network } = await loadConfig(
    configSource(command.policy, here),
  );
  if (proxyAddress.port === 0) {
    err.line("doorward: Cannot print variables: network.proxy_url leaves the port to the system");
    err.line('  "doorward start" prints the port it got');
    return EXIT.failed;
  }
  const variables = proxyVariables({
    listener: proxyAddress,
    // A port that only the running proxy knows cannot be printed; the HTTP proxy serves as well.
    allProxy: socksAddress?.port === 0 ? null : socksAddress,
    allowLocalBinding: network.allow_local_binding,
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

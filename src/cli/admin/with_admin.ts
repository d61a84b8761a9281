import { loadConfig } from "../../config/config.ts";
import { formatSocketAddress, type SocketAddress } from "../../net/address/endpoint.ts";
import { Deadlines } from "../../net/time/deadlines.ts";
import type { AdminCommand } from "../argv/command.ts";
import { configSource } from "../config_source.ts";
import { clientAddress } from "../../net/address/client_address.ts";
import type { Surroundings } from "../surroundings.ts";
import { type AdminClient, adminClient } from "./admin_client.ts";
import { AdminError, unreachable } from "./admin_error.ts";
import { isHere } from "./admin_url.ts";
import { tokenInUse } from "./token_in_use.ts";

/** Runs a command that talks to a proxy, and tells what went wrong. Resolves to the exit code. */
export async function withAdmin(
  command: AdminCommand,
  here: Surroundings,
  use: (admin: AdminClient) => Promise<number>,
): Promise<number> {
  const deadlines = new Deadlines(here.clock, (error) => reportError(error));
  try {
    const address = await adminAddress(command, here);
    const token = () => tokenInUse(here);
    return await use(adminClient({ address, token, dial: here.dial, deadlines }));
  } catch (error) {
    if (!(error instanceof AdminError)) throw error;
    tellError(error, command.json, here);
    return error.exit;
  } finally {
    deadlines.stop();
  }
}

/** Prints why a proxy could not be asked, or what it answered. */
export function tellError(error: AdminError, json: boolean, { terminal }: Surroundings): void {
  if (json && error.reply !== null) terminal.out.line(JSON.stringify(error.reply.json));
  error.lines.forEach((line) => terminal.err.line(`doorward: ${line}`));
}

/** Where the proxy listens for commands: as `--admin` says, else as it is configured. */
async function adminAddress(command: AdminCommand, here: Surroundings): Promise<SocketAddress> {
  const { admin, policy } = command;
  if (admin !== null && isHere(admin)) return admin;
  const { adminAddress, network } = await loadConfig(await configSource(policy, here));
  if (admin !== null) {
    if (network.dangerously_allow_non_loopback_admin) return admin;
    throw unreachable([
      `Cannot use ${formatSocketAddress(admin)}: the admin token must not leave this machine`,
      'only "dangerously_allow_non_loopback_admin = true" under [network] lets it',
    ]);
  }
  if (adminAddress.port !== 0) return clientAddress(adminAddress);
  throw unreachable([
    "Cannot find Doorward: network.admin_url leaves the port to the system",
    "name the one that it printed: --admin http://127.0.0.1:PORT",
  ]);
}

import type { UnixSockets } from "../net/ports.ts";
import type { NetworkConfig } from "./config.ts";
import type { Findings } from "./toml/findings.ts";
import type { LocatedTable, Place } from "./toml/located.ts";
import { quote } from "./toml/printable.ts";

/**
 * Resolves every symbolic link in `allow_unix_sockets`, once and for all: a path that is a link to another
 * socket by the time of a request does not lead to what was allowed. Of a path that does not exist yet, the
 * part that does is resolved. An entry that cannot be resolved allows nothing, and whoever wrote it is told.
 *
 * @param sockets null where the system has none: then the list allows nothing
 */
export async function resolveUnixSockets(
  table: LocatedTable,
  network: NetworkConfig,
  sockets: UnixSockets | null,
  findings: Findings,
): Promise<readonly string[]> {
  if (sockets === null) return [];
  const resolved: string[] = [];
  for (const [index, path] of network.allow_unix_sockets.entries()) {
    const place = placeOf(table, index);
    if (/[*?[]/.test(path)) {
      const message = `patterns are not understood here: ${quote(path)} is the name of one file`;
      findings.notice(place, message);
    }
    const canonical = await sockets.canonical(path).catch(() => null);
    if (canonical === null) {
      const why = "its links lead in a circle, or a part of it is no folder or cannot be read";
      findings.notice(place, `no request reaches ${quote(path)}: ${why}`);
      continue;
    }
    resolved.push(canonical);
    if (await isFolder(canonical, sockets)) {
      findings.notice(place, `${quote(path)} is a folder: it allows nothing that lies in it`);
    } else if (!await mayConnect(canonical)) {
      const message = `no request reaches ${
        quote(path)
      }: Doorward runs without --allow-write for it`;
      findings.notice(place, message);
    }
  }
  return resolved;
}

/** Nothing but a folder holds a "." that leads to itself. */
async function isFolder(canonical: string, sockets: UnixSockets): Promise<boolean> {
  return await sockets.canonical(`${canonical}/.`).catch(() => null) === canonical;
}

/** The runtime asks for more than a connection over the network takes. */
async function mayConnect(path: string): Promise<boolean> {
  const { state } = await Deno.permissions.query({ name: "write", path });
  return state === "granted";
}

function placeOf(table: LocatedTable, index: number): Place {
  const list = table.entries.get("allow_unix_sockets")?.value;
  return (list?.kind === "list" ? list.items[index]?.place : list?.place) ?? table.place;
}

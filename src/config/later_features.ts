// The keys of features that this version does not have. One that would stop a request if it worked is
// refused; one that would only let more through loads, and whoever wrote it is told.
import { formatSocketAddress } from "../net/address/endpoint.ts";
import type { NetworkConfig } from "./config.ts";
import type { Findings } from "./toml/findings.ts";
import type { ListenAddresses } from "./listen_addresses.ts";
import type { Entry, Located, LocatedTable } from "./toml/located.ts";
import { readFlag, readWhole } from "./toml/value_readers.ts";

/** What to do about each key that cannot be obeyed. */
const REFUSED: Readonly<Record<string, string>> = {
  rules: "remove it, or the requests it would stop go through",
  presets: 'write its hosts into "allowed_domains" or "denied_domains"',
  audit_file: "remove it, or you would look for records that nobody writes",
  violation_file: "remove it, or you would look for records that nobody writes",
  ask_webhook: "remove it, or you would wait for questions that nobody sends",
  admin_auth: "remove it: there is no admin API to guard",
  domains: 'write "allowed_domains" and "denied_domains" instead',
  unix_sockets: 'write "allow_unix_sockets" instead',
};

/** More isolates than any machine has cores. */
const WORKERS_MAX = 1024;

/** The keys that {@linkcode refuseLaterKey} judges. */
export const LATER_KEYS: readonly string[] = [...Object.keys(REFUSED), "sni_binding", "workers"];

/** Tells that a key cannot be obeyed, if it is one of those. */
export function refuseLaterKey(name: string, { key, value }: Entry, findings: Findings): void {
  if (Object.hasOwn(REFUSED, name)) {
    findings.fault(key, `"${name}" is not available in this version: ${REFUSED[name]}`);
  } else if (name === "sni_binding" && readFlag(value, name, findings) === true) {
    findings.fault(
      value.place,
      '"sni_binding" is not available in this version: remove it, ' +
        "or you would rely on a name in a TLS handshake that nobody compares",
    );
  } else if (name === "workers" && (readWhole(1, WORKERS_MAX)(value, name, findings) ?? 1) > 1) {
    findings.fault(
      value.place,
      '"workers" is not available in this version: write 1, or remove it',
    );
  }
}

/** Says what was asked for and does not come. A key that is not written says nothing. */
export function noteLaterFeatures(
  table: LocatedTable,
  network: NetworkConfig,
  addresses: ListenAddresses,
  findings: Findings,
): void {
  const note = (names: readonly string[], message: string): void => {
    const key = names.map((name) => table.entries.get(name)).find((entry) =>
      entry !== undefined && isOn(entry.value)
    )?.key;
    if (key !== undefined) findings.notice(key, message);
  };
  const later = "not available in this version";
  if (network.mitm) {
    note(["mitm"], `interception is ${later}: limited mode blocks every CONNECT`);
  }
  const admin = formatSocketAddress(addresses.admin);
  note(
    ["admin_url", "dangerously_allow_non_loopback_admin"],
    `the admin API is ${later}: nothing listens on ${admin}`,
  );
}

function isOn(value: Located): boolean {
  if (value.kind === "list") return value.items.length > 0;
  return value.kind === "table" || value.value !== false;
}

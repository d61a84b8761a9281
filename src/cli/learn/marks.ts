import { PRESETS } from "../../config/presets/presets.ts";
import { privateSuffix } from "../../config/public_suffix.ts";
import { parseIp } from "../../net/address/ip.ts";
import { isReading } from "../../policy/mode_guard.ts";
import type { Observed } from "./observations.ts";

/** Something about a host that somebody wants to look at before it is allowed for good. */
export type Mark =
  /** Requests did more than read. */
  | { readonly kind: "writes"; readonly methods: readonly string[] }
  /** It was asked for by its address. */
  | { readonly kind: "address" }
  /** Strangers have names below the same suffix, or keep files on the same host. */
  | { readonly kind: "shared"; readonly where: string }
  /** What was said can be read and changed on the way. */
  | { readonly kind: "plain_http" }
  /** Its name looks as if a program had made it up. */
  | { readonly kind: "made_up" }
  /** Nobody can see what host a datagram is meant for. */
  | { readonly kind: "datagrams" };

/** What there is to say of a host, the gravest first. */
export async function marksOf(seen: Observed): Promise<readonly Mark[]> {
  const { host, methods, protocols } = seen;
  const marks: Mark[] = [];
  const writing = [...methods].filter((method) => !isReading(method));
  if (writing.length > 0) marks.push({ kind: "writes", methods: writing });
  if (parseIp(host) !== null) marks.push({ kind: "address" });
  else {
    const where = await sharedAt(host);
    if (where !== null) marks.push({ kind: "shared", where });
    if (host.split(".").some(looksMadeUp)) marks.push({ kind: "made_up" });
  }
  if (protocols.has("http")) marks.push({ kind: "plain_http" });
  if (protocols.has("socks5_udp")) marks.push({ kind: "datagrams" });
  return marks;
}

/** A mark in words. */
export function markWords(mark: Mark): string {
  switch (mark.kind) {
    case "writes":
      return `writes (${mark.methods.join(", ")})`;
    case "address":
      return "an address, not a name";
    case "shared":
      return `shared: ${mark.where}`;
    case "plain_http":
      return "plain http";
    case "made_up":
      return "a name that looks made up: the next run may have another";
    case "datagrams":
      return "datagrams";
  }
}

/** Where strangers are beside a host; null where none are known. */
async function sharedAt(name: string): Promise<string | null> {
  const suffix = await privateSuffix(name);
  if (suffix !== null) return `anyone can get a name under ${suffix}`;
  const isKnown = PRESETS.some(({ hosts }) =>
    hosts.some(({ host, shared }) => shared && host === name)
  );
  return isKnown ? "strangers keep files there" : null;
}

/** Shorter labels change from letters to digits and back for all kinds of reasons. */
const LABEL_CHARACTERS_MIN = 12;
/** Few people give anything so long a name: a digest in hexadecimal digits has 32 of them, or more. */
const LABEL_CHARACTERS_LONG = 32;
/** Of the names that people give (`eu-west-2`, `k8s-prod-01`) few change as often. */
const CHANGES_MIN = 4;

/** Whether a label was hardly chosen by a person: long, or long enough and mixed of letters and digits. */
export function looksMadeUp(label: string): boolean {
  // Letters of other scripts look like that in ASCII.
  if (label.startsWith("xn--") || label.length < LABEL_CHARACTERS_MIN) return false;
  if (label.length >= LABEL_CHARACTERS_LONG) return true;
  const changes = label.match(/[a-z](?=[0-9])|[0-9](?=[a-z])/g) ?? [];
  return changes.length >= CHANGES_MIN;
}

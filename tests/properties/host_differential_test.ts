import { assert, assertEquals } from "@std/assert";
import { isIP, isIPv4, isIPv6 } from "node:net";
import { parseEndpoint } from "../../src/net/address/endpoint.ts";
import { formatHost, parseHost } from "../../src/net/address/host.ts";
import { formatIp, parseIp } from "../../src/net/address/ip.ts";
import { escaped, readCorpus } from "../fuzz/corpus.ts";
import { makeInput } from "../fuzz/make_input.ts";
import type { FuzzTarget } from "../fuzz/target.ts";
import { ENDPOINT } from "../fuzz/targets/endpoint.ts";
import { HOST } from "../fuzz/targets/host.ts";
import { IP } from "../fuzz/targets/ip.ts";

// Two readings of the same text: ours, and that of the runtime. Where we accept, both have to be the same host, the
// same address and the same port, or somebody behind us goes elsewhere than policy thought. Where only the runtime
// accepts we are stricter, and that must have one of these reasons.

/** One sort of text that others take and we refuse. */
interface Stricter {
  readonly name: string;
  /** Why we do. */
  readonly why: string;
  readonly holds: (text: string) => boolean;
}

const matches = (pattern: RegExp) => (text: string) => pattern.test(text);

/** Of hosts, the first that holds is the reason. Ports come first: `:` would be one of the signs. */
const HOSTS: readonly Stricter[] = [
  {
    name: "user information",
    why: "URL cuts it off: what a person takes for the host is none of it",
    holds: matches(/@/),
  },
  {
    name: "backslash",
    why: "URL reads a slash, and other programs a part of the name",
    holds: matches(/\\/),
  },
  {
    name: "path, query or fragment",
    why: "URL cuts it off; nobody who names a host writes one",
    holds: matches(/[/?#]/),
  },
  {
    name: "blank or control character",
    why: "URL trims blanks and drops tabs and line ends: two texts would be one host",
    holds: matches(/[\0-\x20\x7f]/),
  },
  {
    name: "international name",
    why: "URL maps it (UTS 46): what a person reads and what is looked up would differ",
    holds: matches(/[^\0-\x7f]/),
  },
  {
    name: "percent-encoding",
    why: "URL decodes it, and whoever compares texts does not",
    holds: matches(/%/),
  },
  {
    name: "address with the dot of the root",
    why: "URL drops the dot, and a resolver may take the text for a name",
    holds: matches(/^\d+(?:\.\d+){3}\.(?::|$)/),
  },
  {
    name: "octal",
    why: "URL and inet_aton read 010 as 8, and others as 10",
    holds: matches(/^(?=[\dxa-f.]*(?::|$))(?:.*\.)?0[0-9]+(?:[.:]|$)/i),
  },
  {
    name: "hexadecimal",
    why: "URL and inet_aton read 0x7f as 127, and others as a name",
    holds: matches(/^(?=[\dxa-f.]*(?::|$))(?:.*\.)?0x[0-9a-f]*(?:[.:]|$)/i),
  },
  {
    name: "short form",
    why: "URL and inet_aton read 127.1 as 127.0.0.1, and others as a name",
    holds: matches(/^\d+(?:\.\d+){0,2}\.?(?::|$)/),
  },
  {
    name: "empty label",
    why: "URL keeps it; no resolver has an answer for it",
    holds: matches(/^\.|\.\.|^:/),
  },
  {
    name: "hyphen at the edge of a label",
    why: "no host name (RFC 1123 section 2.1), and an option to ssh and git",
    holds: matches(/(?:^|\.)-|-(?:[.:]|$)/),
  },
  {
    name: "sign",
    why: "URL takes what does not end a host; a shell or a log might take it for its own",
    holds: matches(/[!"$&'()*+,;=`{}~]/),
  },
  {
    name: "too long",
    why: "URL leaves lengths to the resolver (RFC 1035 section 2.3.4)",
    holds: (text) => text.length > 253 || text.split(/[.:]/).some((label) => label.length > 63),
  },
];

/** Of a host alone. */
const PORT: Stricter = {
  name: "port",
  why: "a host has none; URL reads one",
  holds: matches(/:\d*$/),
};

/** Of a host and its port. */
const PORTS: readonly Stricter[] = [
  {
    name: "empty port",
    why: "URL takes the default; who writes a colon means another",
    holds: matches(/:$/),
  },
  {
    name: "port 0",
    why: "URL takes it; nobody listens there, and to bind it means any",
    holds: matches(/:0+$/),
  },
  {
    name: "zeros in front of a port",
    why: "URL drops them, and others read octal",
    holds: matches(/:0\d+$/),
  },
];

/** Of addresses, to `node:net`. */
const ADDRESSES: readonly Stricter[] = [
  {
    name: "zone",
    why: "it means an interface of one machine (RFC 4007), and nothing to a peer",
    holds: matches(/%/),
  },
];

/** What a text means to each side; null where it means nothing. */
interface Reading {
  readonly ours: string | null;
  readonly theirs: string | null;
}

/** The name of a difference; null where there is none. Fails where it is none of those that are known. */
function difference(text: string, { ours, theirs }: Reading, known: readonly Stricter[]) {
  if (ours === theirs) return null;
  assertEquals(ours, null, `${escaped(text)} is ${ours}, and ${theirs} to the runtime`);
  const found = known.find(({ holds }) => holds(text));
  assert(found !== undefined, `${escaped(text)} is refused, and ${theirs} to the runtime`);
  return found.name;
}

/** Compares many texts. Fails where one of the differences that are known is never seen: then it is none. */
async function compare(
  target: FuzzTarget,
  read: (text: string) => Reading,
  known: readonly Stricter[],
): Promise<void> {
  const corpus = await readCorpus(target.name);
  const seen = new Set<string>();
  let accepted = 0;
  const inputs = Array.from({ length: 7000 }, (_, seed) => makeInput(target, corpus, seed));
  for (const text of [...corpus, ...inputs]) {
    const reading = read(text);
    const found = difference(text, reading, known);
    if (found !== null) seen.add(found);
    if (reading.ours !== null) accepted += 1;
  }
  assertEquals(known.filter(({ name }) => !seen.has(name)).map(({ name }) => name), []);
  assert(accepted > 500, `the generator makes what is accepted: ${accepted}`);
}

function urlOf(authority: string): URL | null {
  return URL.parse(`http://${authority}`);
}

/** As we print it: URL keeps the dot of the root, and prints mapped addresses otherwise. */
function hostOf(url: URL): string {
  const bare = url.hostname.replace(/^\[(.*)\]$/, "$1");
  const ip = parseIp(bare);
  return ip === null ? bare.replace(/\.$/, "") : formatIp(ip);
}

Deno.test("parseHost() and URL read the same host, or ours is stricter for a reason", async () => {
  await compare(HOST, (text) => {
    const host = parseHost(text);
    const url = urlOf(text);
    return {
      ours: host.kind === "bad" ? null : formatHost(host),
      theirs: url && hostOf(url),
    };
  }, [...HOSTS.slice(0, 6), PORT, ...HOSTS.slice(6)]);
});

Deno.test("parseEndpoint() and URL read the same host and port, or ours is stricter for a reason", async () => {
  await compare(ENDPOINT, (text) => {
    const endpoint = parseEndpoint(text, 80);
    const url = urlOf(text);
    return {
      ours: "kind" in endpoint ? null : `${formatHost(endpoint.host)} ${endpoint.port}`,
      theirs: url && `${hostOf(url)} ${url.port === "" ? 80 : url.port}`,
    };
  }, [...HOSTS.slice(0, 6), ...PORTS, ...HOSTS.slice(6)]);
});

Deno.test("parseIp() and node:net take the same texts for addresses, less those with a zone", async () => {
  await compare(IP, (text) => {
    const ip = parseIp(text);
    const family = isIP(text);
    assertEquals([isIPv4(text), isIPv6(text)], [family === 4, family === 6], text);
    return { ours: ip && `${ip.family}`, theirs: family === 0 ? null : `${family}` };
  }, ADDRESSES);
});

Deno.test("parseIp() and URL read the same address in brackets, and no other", async () => {
  await compare(IP, (text) => {
    const ip = parseIp(text);
    const url = /^[^[\]/?#\\@\t\n\r]*$/.test(text) ? urlOf(`[${text}]`) : null;
    return { ours: ip?.family === 6 ? formatIp(ip) : null, theirs: url && hostOf(url) };
  }, []);
});

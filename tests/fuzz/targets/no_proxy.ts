import { parseHost } from "../../../src/net/address/host.ts";
import { parseNoProxy } from "../../../src/config/no_proxy.ts";
import { formatIpRange, ipWidth, parseIpRange } from "../../../src/net/address/ip_range.ts";
import type { BypassEntry } from "../../../src/proxy/upstream/bypass.ts";
import { expect, expectSame } from "../expect.ts";
import type { FuzzTarget } from "../target.ts";
import { anyHost, HOST_WORDS } from "./host_words.ts";

/** `parseNoProxy`: every word is an entry, or is said to be none. */
export const NO_PROXY: FuzzTarget = {
  name: "no_proxy",
  kind: "text",
  words: [...HOST_WORDS, ",", " ", ", ", "*", "*.", ".", "/8", "/0", "/33", "10.1.2.3/8", ":443"],
  any(random) {
    const entries = Array.from({ length: random.below(4) }, () => {
      const back = random.pick(["", "", ":80", "/16", "/024"]);
      return `${random.pick(["", "", ".", "*."])}${anyHost(random)}${back}`;
    });
    return entries.join(random.pick([",", " ", ", "]));
  },
  check(input) {
    const { entries, unread } = parseNoProxy(input);
    const words = input.split(/[\s,]+/).filter((word) => word !== "");
    expectSame(entries.length + unread.length, words.length, "nothing is lost");
    expect(unread.every((word) => words.includes(word)), "what is not read is said as written");
    for (const entry of entries) checkEntry(entry);
    const again = entries.map(printed).join(",");
    expectSame(parseNoProxy(again), { entries, unread: [] }, "printed and read");
  },
};

function checkEntry(entry: BypassEntry): void {
  if (entry.port !== null) expect(entry.port > 0 && entry.port < 65536, "a port is one");
  if (entry.kind === "name") {
    expectSame(parseHost(entry.name), { kind: "name", name: entry.name }, "a name");
  }
  if (entry.kind === "range") {
    expectSame(parseIpRange(formatIpRange(entry.range)), entry.range, "a range");
  }
}

function printed(entry: BypassEntry): string {
  const port = entry.port === null ? "" : `:${entry.port}`;
  switch (entry.kind) {
    case "everything":
      return `*${port}`;
    case "name":
      return `${entry.name}${port}`;
    case "range": {
      const [ip, prefix] = formatIpRange(entry.range).split("/");
      const isLong = ipWidth(entry.range.network) === 128 && port !== "";
      return isLong ? `[${ip}]/${prefix}${port}` : `${ip}/${prefix}${port}`;
    }
  }
}

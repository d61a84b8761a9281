import { parseHost } from "../../../src/net/address/host.ts";
import {
  formatHostPattern,
  type HostPattern,
  parseHostPattern,
  wildcardBase,
} from "../../../src/policy/host_pattern.ts";
import { formatRulePattern, parseRulePattern } from "../../../src/policy/rule_pattern.ts";
import { expect, expectSame, expectSentence } from "../expect.ts";
import type { FuzzTarget } from "../target.ts";
import { anyHost, HOST_WORDS } from "./host_words.ts";

/** `parseHostPattern` and `parseRulePattern`: what an entry of a list matches. */
export const HOST_PATTERN: FuzzTarget = {
  name: "host_pattern",
  kind: "text",
  words: [
    ...[
      "*",
      "**",
      "?",
      "*.",
      "**.",
      "a*",
      "*b",
      "{a,b}",
      "!",
      "https://",
      "/8",
      "/0",
      "/24",
      "10.0.0.0/8",
    ],
    ...[
      " over https_connect",
      " over socks5_tcp",
      " over x",
      " raw",
      "raw",
      "com",
      "*.com",
      "fd00::/8",
    ],
    ...HOST_WORDS,
  ],
  any(random) {
    const front = random.pick(["", "", "*.", "**.", "a*.", "*", "?."]);
    const back = random.pick(["", "", ":443", "/8", ".", " over http", " raw"]);
    return `${front}${anyHost(random)}${back}`;
  },
  check(input) {
    const rule = parseRulePattern(input);
    if (rule.kind === "bad") expectSentence(rule.why);
    else {
      const printed = formatRulePattern(rule.pattern, rule.protocol, rule.raw);
      expectSame(parseRulePattern(printed), rule, "a rule printed and read");
    }
    const pattern = parseHostPattern(input);
    if (pattern.kind === "bad") return expectSentence(pattern.why);
    expectSame(parseHostPattern(formatHostPattern(pattern)), pattern, "a pattern printed and read");
    checkBreadth(pattern);
  },
};

/** No pattern is wider than it says, and an exact one is a host. */
function checkBreadth(pattern: HostPattern): void {
  const base = wildcardBase(pattern);
  switch (pattern.kind) {
    case "exact":
      return expectSame(parseHost(pattern.name), { kind: "name", name: pattern.name }, "a host");
    case "range":
      return expect(pattern.range.prefix > 0, "a range leaves something out");
    case "ip":
      return;
    default:
      expect(base !== null && base !== "", "wildcards have a name behind them");
      expectSame(parseHost(base), { kind: "name", name: base }, "the name behind wildcards");
  }
}

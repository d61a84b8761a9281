import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { PRESETS } from "../../../src/config/presets/presets.ts";
import { type Posture, POSTURES, starterText } from "../../../src/config/starter/starter_text.ts";
import { compilePolicy } from "../../../src/policy/compile.ts";
import { connectTo, httpTo } from "../../support/policy.ts";
import { faultsOf, load, noticesOf } from "../load.ts";

/** A configuration that allows `npm` and one host. */
function text(posture: Posture, names: readonly string[] = ["npm"]): string {
  const presets = PRESETS.filter(({ name }) => names.includes(name));
  return starterText({ posture, presets, allow: ["a.test"] });
}

/** What becomes of a tunnel to each host. */
async function verdicts(posture: Posture, hosts: readonly string[]): Promise<string[]> {
  const policy = compilePolicy((await load(text(posture))).policy);
  return hosts.map((host) => {
    const decision = policy.decide(connectTo(host));
    return decision.verdict === "deny" ? decision.reason : decision.verdict;
  });
}

const HOSTS = ["registry.npmjs.org", "a.test", "b.test", "127.0.0.1", "169.254.169.254"];

Deno.test("starterText() of open lets pass what is not local", async () => {
  assertEquals(await verdicts("open", HOSTS), [
    "allow",
    "allow",
    "allow",
    "not_allowed_local",
    "not_allowed_local",
  ]);
});

Deno.test("starterText() of balanced asks about what is not listed", async () => {
  assertEquals(await verdicts("balanced", HOSTS), [
    "allow",
    "allow",
    "ask",
    "ask",
    "not_allowed_local",
  ]);
});

Deno.test("starterText() of locked-down blocks what is not listed", async () => {
  assertEquals(await verdicts("locked-down", HOSTS), [
    "allow",
    "allow",
    "not_allowed",
    "not_allowed_local",
    "not_allowed_local",
  ]);
});

Deno.test("starterText() keeps private networks away from all but balanced", async () => {
  const isKept = async (posture: Posture) => {
    const { policy, network } = await load(text(posture));
    return [policy.allowLocalBinding, network.enable_socks5_udp];
  };
  assertEquals(await isKept("open"), [false, true]);
  assertEquals(await isKept("balanced"), [true, true]);
  assertEquals(await isKept("locked-down"), [false, false]);
});

for (const posture of POSTURES) {
  Deno.test(`starterText() of ${posture} is right, whatever it is to hold`, async () => {
    for (const presets of [[], PRESETS, ...PRESETS.map((preset) => [preset])]) {
      for (const allow of [[], ["a.test"], ["a.test", "*.b.test:8443", "::1"]]) {
        const written = starterText({ posture, presets, allow });
        assertEquals(await faultsOf(written), []);
        const { network } = await load(written);
        assertEquals(network.presets, presets.map(({ name }) => name));
        assertEquals(network.allowed_domains, allow);
        assertEquals([network.enabled, network.mode], [true, "full"]);
      }
    }
  });

  Deno.test(`starterText() of ${posture} says a word about each key`, () => {
    const lines = text(posture, ["npm", "github:read"]).split("\n");
    const keys = lines.flatMap((line, at) => /^\w+ = /.test(line) ? [at] : []);
    assert(keys.length >= 7);
    for (const at of keys) assertStringIncludes(lines[at - 1]!, "# ");
    assertEquals(lines.filter((line) => line.length > 100), []);
    assertEquals([lines.at(-1), lines.at(-2) === ""], ["", false]);
  });
}

Deno.test("starterText() looks into HTTPS where a preset needs it, and nowhere else", async () => {
  assertEquals((await load(text("balanced"))).network.mitm, false);
  const held = await load(text("balanced", ["npm", "github:read"]));
  assertEquals(held.network.mitm, true);
  const push = { scheme: "https", protocol: "https_connect", method: "POST" } as const;
  assertEquals(compilePolicy(held.policy).decide(httpTo("github.com", push)).verdict, "deny");
  assertStringIncludes(text("balanced", ["npm", "github:read"]), "\n# github:read.\n");
});

Deno.test("starterText() holds hosts to reading even where all are allowed", async () => {
  const { policy } = await load(text("open", ["github:read"]));
  const push = { scheme: "https", protocol: "https_connect", method: "POST" } as const;
  assertEquals(compilePolicy(policy).decide(httpTo("github.com", push)).verdict, "deny");
  assertEquals(compilePolicy(policy).decide(httpTo("b.test", push)).verdict, "allow");
});

Deno.test("starterText() warns of what it opens, and of a list without a host", async () => {
  assertEquals((await noticesOf(text("open"))).length, 1);
  assertEquals(await noticesOf(text("balanced")), []);
  assertEquals(await noticesOf(text("locked-down")), []);
  const empty = starterText({ posture: "locked-down", presets: [], allow: [] });
  assertStringIncludes((await noticesOf(empty)).join(), "no host is allowed");
});

import { assert, assertEquals, assertMatch } from "@std/assert";
import type { Preset, PresetHost } from "../../../src/config/presets/preset.ts";
import { checkPublicSuffixes } from "../../../src/config/public_suffix.ts";
import { Findings } from "../../../src/config/toml/findings.ts";
import { formatHostPattern, parseHostPattern } from "../../../src/policy/host_pattern.ts";
import { PLACE } from "../load.ts";

/** Asserts of data what no type says. */
export async function assertSound(presets: readonly Preset[]): Promise<void> {
  for (const { name, summary, hosts } of presets) {
    assertMatch(name, /^[a-z]+(-[a-z]+)*(:[a-z]+)?$/);
    assert(summary !== "" && !summary.endsWith("."), name);
    assert(hosts.length > 0, name);
    assertEquals(new Set(hosts.map(({ host }) => host)).size, hosts.length, name);
    // A name that ends so is a promise.
    if (name.endsWith(":read")) assert(hosts.every(({ methods }) => methods === "read"), name);
    for (const host of hosts) await assertSoundHost(host);
  }
}

async function assertSoundHost({ host, why, checked }: PresetHost): Promise<void> {
  const pattern = parseHostPattern(host);
  assert(pattern.kind !== "bad", host);
  assertEquals(formatHostPattern(pattern), host);
  assertMatch(why, /^[A-Z][^.]*(\.[^ .][^.]*)*\.$/, host);
  assertEquals(new Date(checked).toISOString().slice(0, 10), checked);
  const findings = new Findings();
  const rule = { list: "allow", pattern, text: host, origin: PLACE.origin } as const;
  await checkPublicSuffixes([{ rule, place: PLACE }], findings);
  assertEquals([findings.faults(), findings.notices()], [[], []], host);
}

/** The hosts of a preset, and what each may be asked for. */
export function methodsOf(presets: readonly Preset[], name: string): Record<string, string> {
  const preset = presets.find((each) => each.name === name);
  assert(preset !== undefined, name);
  return Object.fromEntries(preset.hosts.map(({ host, methods }) => [host, methods]));
}

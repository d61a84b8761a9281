import { assert, assertEquals, assertMatch } from "@std/assert";
import { loadConfig } from "../../src/config/config.ts";
import { ConfigError } from "../../src/config/errors.ts";
import { mutatedConfig, ODD } from "../support/mutated_config.ts";
import { seededRandom } from "../support/random.ts";
import { schemaRefusal } from "../support/schema_agreement.ts";

/** Longer, it would be the input once more. */
const MESSAGE_MAX = 1500;

function assertSound(error: unknown, file: string, bytes: Uint8Array): void {
  assert(error instanceof ConfigError, describe(error, bytes));
  assert(error.faults.length > 0);
  const lines = new TextDecoder().decode(bytes).split("\n");
  for (const { origin, message } of error.faults) {
    assertEquals(origin.file, file);
    assertMatch(message, /^[^\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]+$/u);
    assert(message.length <= MESSAGE_MAX, message);
    assert(!/me:secret.*@/.test(message), message);
    assert(origin.line === null || origin.line <= lines.length, describe(message, bytes));
    const line = lines[(origin.line ?? 1) - 1]!;
    assert(
      origin.column === null || origin.column <= line.length + 1,
      `${origin.line}:${origin.column} ${describe(message, bytes)}`,
    );
  }
}

function describe(what: unknown, bytes: Uint8Array): string {
  const told = what instanceof Error ? what.stack : what;
  return `${told}\n${JSON.stringify(new TextDecoder().decode(bytes))}`;
}

Deno.test("loadConfig() makes of any file a configuration or its faults, and the schema agrees", async () => {
  const random = seededRandom(1);
  const folder = await Deno.makeTempDir();
  const homeFile = `${folder}/config.toml`;
  const source = { homeFile, overrides: [], allow: [], deny: [], env: { TOKEN: "t" } };
  let loaded = 0;
  try {
    for (let turn = 0; turn < 3000; turn++) {
      const bytes = mutatedConfig(random);
      await Deno.writeFile(homeFile, bytes);
      const error = await loadConfig(source).then(() => null, (error: unknown) => error);
      if (error !== null) assertSound(error, homeFile, bytes);
      else {
        loaded += 1;
        assertEquals(schemaRefusal(new TextDecoder().decode(bytes)), null, describe("", bytes));
      }
    }
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
  assert(loaded > 300 && loaded < 2700, String(loaded));
});

Deno.test("loadConfig() makes of any flag a configuration or its faults", async () => {
  const random = seededRandom(2);
  const keys = [
    "network",
    "network.mode",
    "network.rules",
    "network.limits.connections",
    "network_proxy",
  ];
  for (let turn = 0; turn < 3000; turn++) {
    const key = random.pick([...keys, random.text("network.mode_\"'= \0\u202e", 12)]);
    const value = random.pick([random.pick(ODD), random.text("[]{}\"'=,.a1:/@\\#\n\0😀 ", 24)]);
    const overrides = [`${key}=${value}`, ...random.pick([[], ["network.mitm=true"]])];
    const error = await loadConfig({ overrides, allow: [], deny: [] })
      .then(() => null, (error: unknown) => error);
    if (error !== null) assertSound(error, "-c", new TextEncoder().encode(overrides.join("\n")));
  }
});

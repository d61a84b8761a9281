import { loadConfig } from "../../../src/config/config.ts";
import { ConfigError } from "../../../src/config/errors.ts";
import { compilePolicy } from "../../../src/policy/compile.ts";
import { mutatedConfig } from "../../support/mutated_config.ts";
import { schemaRefusal } from "../../support/schema_agreement.ts";
import { expect, expectSame } from "../expect.ts";
import type { FuzzTarget } from "../target.ts";

const NAME = "config.toml";

/** Longer, it would be the input once more. */
const MESSAGE_MAX = 1500;

/** `loadConfig`: a whole file is a configuration or its faults, and the schema for editors agrees. */
export const CONFIG_FILE: FuzzTarget = {
  name: "config_file",
  kind: "text",
  words: [
    ...[
      "[network]\n",
      "[network.rules]\n",
      "mitm = true\n",
      "enabled = true\n",
      "mode = ",
      '"full"',
      '"limited"',
      "[",
      "]",
    ],
    ...[
      "allowed_domains = ",
      '["*.a.test"]',
      "denied_domains",
      '"http://me:secret@a.test/"',
      "=",
      '"',
      "'",
      "\n",
      "{",
      "}",
    ],
    ...[
      "[permissions.x.network]\n",
      "default_permissions",
      "[features]\n",
      "1",
      "true",
      "[]",
      "{}",
      "network.",
      "\u202e",
    ],
  ],
  oneIn: 5,
  any: (random) => new TextDecoder().decode(mutatedConfig(random)),
  async check(input) {
    const text = { name: NAME, toml: input };
    try {
      const { policy } = await loadConfig({
        text,
        overrides: [],
        allow: [],
        deny: [],
        env: { TOKEN: "t" },
      });
      expectSame(schemaRefusal(input), null, "what loads is right by the schema");
      compilePolicy(policy);
    } catch (error) {
      if (!(error instanceof ConfigError)) throw error;
      checkFaults(error, input.split("\n"));
    }
  },
};

function checkFaults({ faults }: ConfigError, lines: readonly string[]): void {
  expect(faults.length > 0, "a configuration that is refused has a fault");
  for (const { origin, message } of faults) {
    expectSame(origin.file, NAME, "the file of a fault");
    expect(/^[^\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]+$/u.test(message), `no message: ${message}`);
    expect(message.length <= MESSAGE_MAX, "a message is no longer than it may be");
    expect(!/\/\/me:secret.*@/.test(message), "no password of a URL is said");
    const line = lines[(origin.line ?? 1) - 1];
    expect(line !== undefined && (origin.column ?? 1) <= line.length + 1, "a place is in the file");
  }
}

import assert from "node:assert/strict";
import { sourceFiles } from "../support/source.ts";

/** Each way out of the program is spelled in the files named here and nowhere else. */
const SEAMS: Record<string, readonly string[]> = {
  "Deno.connect": ["src/net/tcp_dialer.ts"],
  "Deno.listen": ["src/net/tcp_listener.ts"],
  "Deno.resolveDns": ["src/net/system_resolver.ts"],
  "Deno.Command": ["src/cli/child.ts"],
  "Deno.env": [],
  "Deno.exit": [],
  "Date.now": ["src/net/system_clock.ts"],
  "AbortSignal.timeout": [],
  "setTimeout": ["src/net/system_clock.ts"],
  "fetch(": [],
  "console.": [],
  'from "node:': ["src/tls/terminate.ts"],
};

for (const [word, allowed] of Object.entries(SEAMS)) {
  Deno.test(`"${word}" is spelled only where it belongs`, async () => {
    const elsewhere = (await sourceFiles())
      .filter((file) => code(file.text).includes(word) && !allowed.includes(file.path))
      .map((file) => file.path);
    assert.deepEqual(elsewhere, []);
  });
}

/** The text without comments, in which a seam may be spoken of freely. */
function code(text: string): string {
  return text.replaceAll(/\/\*[\s\S]*?\*\/|^\s*\/\/.*$/gm, "");
}

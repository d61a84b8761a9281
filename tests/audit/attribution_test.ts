import { assertEquals } from "@std/assert";
import { recordedCommand } from "../../src/audit/attribution.ts";

const SHOWN: Readonly<Record<string, string>> = {
  "npm install": "npm install",
  "curl https://api.example.com": "curl https://api.example.com",
  "curl https://api.example.com/": "curl https://api.example.com/",
  "curl https://api.example.com/v1/keys?token=s3cret#x": "curl https://api.example.com/…",
  "curl 'https://api.example.com?token=s3cret' -v": "curl 'https://api.example.com/…' -v",
  "git clone https://me:s3cret@git.example.com:8443/org/repo.git x":
    "git clone https://git.example.com:8443/… x",
  "a http://one.example/x b HTTP://two.example/y": "a http://one.example/… b HTTP://two.example/…",
  'sh -c "wget \\"ftp://files.example/p/q\\""': 'sh -c "wget \\"ftp://files.example/…\\""',
};

for (const [command, shown] of Object.entries(SHOWN)) {
  Deno.test(`a record shows ${command}`, () => assertEquals(recordedCommand(command), shown));
}

Deno.test("a long command is cut between characters", () => {
  const shown = [...recordedCommand("😀".repeat(500))];
  assertEquals(shown.length, 200);
  assertEquals([shown[198], shown[199]], ["😀", "…"]);
});

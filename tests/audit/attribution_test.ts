import { assertEquals, assertThrows } from "@std/assert";
import { attributedBy, recordedCommand, UNATTRIBUTED } from "../../src/audit/attribution.ts";

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

Deno.test("a word without end costs a look at each of its letters, and no more", () => {
  // Tried anew from each letter this takes minutes: whoever chooses the command would hold every request up.
  const word = "ab+.-".repeat(100_000);
  assertEquals([...recordedCommand(`echo ${word}`)].length, 200);
  assertEquals(recordedCommand(`${word}://u:p@h.test/x`).includes("u:p"), false);
  const long = `${"x".repeat(50)}://u:p@h.test/x`;
  assertEquals(recordedCommand(long), `${"x".repeat(50)}://h.test/…`);
});

Deno.test("attributedBy() leaves as it was what is not said, and takes back what is null", () => {
  const before = { label: "build", command: "make", execPolicyHint: null };
  // A program without `exactOptionalPropertyTypes`, or without types, may say undefined.
  const said = { label: undefined, command: null } as unknown as { command: null };
  assertEquals(attributedBy(said, before), { ...UNATTRIBUTED, label: "build" });
});

Deno.test("attributedBy() refuses what would be no word in a record", () => {
  for (const text of ["", "a\nb", "\u202ea", "a\u2028b", "x".repeat(201)]) {
    assertThrows(() => attributedBy({ label: text }, UNATTRIBUTED), TypeError, '"label"');
    assertThrows(() => attributedBy({ execPolicyHint: text }, UNATTRIBUTED), TypeError, "Hint");
  }
  const said = { label: "é".repeat(200), command: "a\nb", execPolicyHint: "allow: git *" };
  assertEquals(attributedBy(said, UNATTRIBUTED), said);
});

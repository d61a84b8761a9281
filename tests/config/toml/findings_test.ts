import { assertEquals } from "@std/assert";
import { Findings } from "../../../src/config/toml/findings.ts";
import type { Place } from "../../../src/config/toml/located.ts";

const place = (rank: number, line: number | null, column: number | null, flag?: string): Place => ({
  origin: { file: flag === undefined ? "config.toml" : "-c", line, column },
  rank,
  flag: flag ?? null,
});

Deno.test("Findings.faults() are in the order of the file, then of the flags", () => {
  const findings = new Findings();
  findings.fault(place(2, null, null, "b=1"), "sixth");
  findings.fault(place(1, null, null, "a=1"), "fifth");
  findings.fault(place(0, 10, 1), "fourth");
  findings.fault(place(0, 2, 10), "third");
  findings.fault(place(0, 2, 9), "second");
  findings.fault(place(0, null, null), "first");
  assertEquals(findings.faults().map(({ message }) => message), [
    "first",
    "second",
    "third",
    "fourth",
    'in "a=1": fifth',
    'in "b=1": sixth',
  ]);
});

Deno.test("Findings keeps those of one place in the order they were found", () => {
  const findings = new Findings();
  for (const message of ["b", "a", "c"]) findings.notice(place(0, 1, 1), message);
  assertEquals(findings.notices().map(({ message }) => message), ["b", "a", "c"]);
});

Deno.test("Findings.notices() carry their origin and no control characters", () => {
  const findings = new Findings();
  findings.notice(place(0, 3, 4), "a\x1bb");
  const origin = { file: "config.toml", line: 3, column: 4 };
  assertEquals(findings.notices(), [{ origin, message: "a\\u001bb" }]);
  assertEquals(findings.faults(), []);
});

Deno.test("Findings names the flag without its credentials", () => {
  const findings = new Findings();
  findings.fault(place(1, null, null, "a=http://me:secret@h"), "bad");
  assertEquals(findings.faults()[0]?.message, 'in "a=http://…@h": bad');
});

Deno.test("Findings cut a message that a long key made long", () => {
  const findings = new Findings();
  findings.fault(place(0, 1, 1), "x".repeat(1200));
  findings.fault(place(0, 2, 1), "x".repeat(1201));
  const lengths = findings.faults().map(({ message }) => [message.length, message.at(-1)]);
  assertEquals(lengths, [[1200, "x"], [1201, "…"]]);
});

Deno.test("Findings repeat no user information of a URL that stands where none belongs", () => {
  const findings = new Findings();
  findings.fault(place(0, 1, 1), "there is no profile //me:secret@a.test/@x");
  assertEquals(findings.faults()[0]?.message, "there is no profile //…@a.test/@x");
});

import { assertEquals } from "@std/assert";
import { parseCommand } from "../../../src/cli/argv/args.ts";
import { NO_FLAGS } from "../../support/policy_flags.ts";

const COMMON = { name: "audit", policy: NO_FLAGS, quiet: false };
const VALUE = "0123456789abcdef".repeat(4);
const SUMMARY = { ...COMMON, action: "summary", format: "text", since: null, label: null };

const PARSED: readonly (readonly [string, object])[] = [
  ["verify a", { ...COMMON, action: "verify", file: "a", expect: null, json: false }],
  [`verify a --json --expect ${VALUE.toUpperCase()}`, {
    ...COMMON,
    action: "verify",
    file: "a",
    expect: VALUE,
    json: true,
  }],
  ["schema", { ...COMMON, action: "schema" }],
  ["schema --json", { ...COMMON, action: "schema" }],
  ["summary a.1 a", { ...SUMMARY, files: ["a.1", "a"] }],
  ["summary - --json", { ...SUMMARY, files: ["-"], format: "json" }],
  ["summary a --format markdown --label b", {
    ...SUMMARY,
    files: ["a"],
    format: "markdown",
    label: "b",
  }],
  ["summary a --since 2026-01-02", {
    ...SUMMARY,
    files: ["a"],
    since: { kind: "at", ms: Date.UTC(2026, 0, 2) },
  }],
  ["summary a --since 2026-01-02T03:04+01:00", {
    ...SUMMARY,
    files: ["a"],
    since: { kind: "at", ms: Date.UTC(2026, 0, 2, 2, 4) },
  }],
  ["summary a --since 90m", { ...SUMMARY, files: ["a"], since: { kind: "ago", ms: 5_400_000 } }],
];

for (const [line, expected] of PARSED) {
  Deno.test(`auditCommand() reads "${line}"`, () => {
    assertEquals(parseCommand(["audit", ...line.split(" ")]), expected as never);
  });
}

const TIMES = "write 2026-01-02, 2026-01-02T03:04:05Z, or 30m, 2h, 7d for so long ago";

const REFUSED: readonly (readonly [string, string])[] = [
  ["", '"doorward audit" needs more: doorward audit verify FILE|summary FILE…|schema'],
  ["verfy a", 'Cannot do "verfy" with audit files: did you mean "verify"?'],
  ["toString", 'Cannot do "toString" with audit files: there are verify, summary, schema'],
  ["verify", '"doorward audit verify" needs a file'],
  ["verify a b", '"doorward audit verify" takes no second "b"'],
  ["verify a --expect x", 'Cannot expect "x": a chain value has 64 hexadecimal digits'],
  ["verify a --since 2h", '"doorward audit verify" takes no --since'],
  ["schema a", '"doorward audit schema" takes no "a"'],
  ["schema --label a", '"doorward audit schema" takes no --label'],
  ["summary", '"doorward audit summary" needs files, or - for standard input'],
  ["summary a --expect x", '"doorward audit summary" takes no --expect'],
  ["summary a --format html", 'Unknown format "html": there are text, markdown, json'],
  ["summary a --json --format text", "Cannot print both --json and --format text: give one"],
  ["summary a --since yesterday", `Cannot read --since yesterday: ${TIMES}`],
  ["summary a --since 2026-01-02T03:04", `Cannot read --since 2026-01-02T03:04: ${TIMES}`],
  ["summary a --since 2026-13-02", `Cannot read --since 2026-13-02: ${TIMES}`],
];

for (const [line, message] of REFUSED) {
  Deno.test(`auditCommand() refuses "${line}"`, () => {
    const words = line.split(" ").filter((word) => word !== "");
    assertEquals(parseCommand(["audit", ...words]), { name: "usage", message, of: "audit" });
  });
}

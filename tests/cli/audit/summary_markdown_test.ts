import { assert, assertEquals } from "@std/assert";
import { codeSpan, summaryMarkdown } from "../../../src/cli/audit/summary_markdown.ts";
import { A_DAY, blockedAudit, summaryOf } from "../../support/audit_summary.ts";

Deno.test("summaryMarkdown() prints tables, and the lines that would allow the rest", () => {
  assertEquals(summaryMarkdown(summaryOf(...A_DAY)), [
    "## Doorward",
    "",
    "- 6 records from 2026-01-02T03:04:05.678Z to 2026-01-02T03:04:06.178Z",
    "- 5 decisions: 2 allowed (1 by somebody who was asked), 3 blocked, 0 asked about",
    "- 517 B up and 4.1 kB down in 500 ms went through",
    "",
    "### Hosts",
    "",
    "|  | allowed | override | blocked | asked | up | down | time |",
    "| --- | --- | --- | --- | --- | --- | --- | --- |",
    "| `api.example.com:443` | 2 | 1 | 0 | 0 | 517 B | 4.1 kB | 500 ms |",
    "| `pypi.org:443` | 0 | 0 | 1 | 0 | 0 B | 0 B | 0 ms |",
    "| `files.pythonhosted.org:443` | 0 | 0 | 1 | 0 | 0 B | 0 B | 0 ms |",
    "| `10.0.0.1:80` | 0 | 0 | 1 | 0 | 0 B | 0 B | 0 ms |",
    "",
    "### Blocked, or asked about",
    "",
    "| reason | count |  |",
    "| --- | --- | --- |",
    "| `not_allowed` | 2 | not in the allowlist |",
    "| `not_allowed_local` | 1 | a local, private or special address |",
    "",
    "### To allow what no rule names",
    "",
    "```toml",
    "[network]",
    "allowed_domains = [",
    '  "files.pythonhosted.org",',
    '  "pypi.org",',
    "]",
    "```",
    "",
    "or for one run:",
    "",
    "```sh",
    "doorward run --allow files.pythonhosted.org --allow pypi.org -- COMMAND",
    "```",
    "",
    "### Not to be allowed by a pattern",
    "",
    "| host | why |",
    "| --- | --- |",
    "| `10.0.0.1:80` | a local, private or special address: doorward explain tells what would allow it |",
  ]);
});

/** Names that want to be more than names. */
const HOSTILE: readonly string[] = [
  "a`<img src=x>`",
  "a | b |",
  "a\n\n# Heading",
  "a\r\n```\n",
  "a\u2028b\u202e\u2066",
  "<script>alert(1)</script>",
  "[link](https://evil.test)",
  "&lt;b&gt;",
  "\x1b[2J",
  "\ud800",
  "x".repeat(5000),
  "",
];

for (const name of HOSTILE) {
  Deno.test(`summaryMarkdown() keeps ${JSON.stringify(name.slice(0, 30))} in its cell`, () => {
    const records = [blockedAudit(name), blockedAudit("a.test", name)];
    const lines = summaryMarkdown(summaryOf(...records));
    // Nothing but code spans holds text from outside, and each of them is whole.
    const rest = lines.map((line) => line.replaceAll(/(?<!`)`[^`]+`(?!`)/g, "CODE")).join("\n");
    assert(!/[<>\p{Cc}\p{Cf}\u2028]/u.test(lines.join("")));
    assertEquals(rest.match(/^#.*$/gm)?.length, rest.includes("To allow") ? 5 : 4);
    for (const line of rest.split("\n").filter((line) => line.startsWith("| CODE"))) {
      assert([9, 4, 3].includes(line.split("|").length - 1), line);
    }
  });
}

Deno.test("codeSpan() is never empty, and cuts what is too long", () => {
  assertEquals(codeSpan(""), "` `");
  assertEquals(codeSpan("x".repeat(400)).length, 303);
  assertEquals(codeSpan("a`|<\\"), "`a\\u0060\\u007c\\u003c\\u005c`");
});

import { assertEquals, assertStringIncludes } from "@std/assert";
import { COMMAND_NAMES, PROGRAM } from "../../../src/cli/argv/commands.ts";
import { OPTIONS } from "../../../src/cli/argv/options.ts";
import { manualPage } from "../../../src/cli/manual/manual_page.ts";

const PAGE = manualPage("1.2.3");

Deno.test("manualPage() has the sections of a manual page, in their order", () => {
  assertEquals(PAGE.split("\n").filter((line) => line.startsWith(".SH ")), [
    ".SH NAME",
    ".SH SYNOPSIS",
    ".SH DESCRIPTION",
    ".SH COMMANDS",
    ".SH OPTIONS",
    ".SH EXIT STATUS",
    ".SH ENVIRONMENT",
    ".SH FILES",
    ".SH EXAMPLES",
    ".SH SEE ALSO",
  ]);
});

Deno.test("manualPage() names the version and no day", () => {
  assertEquals(PAGE.split("\n")[0], '.TH DOORWARD 1 "" "doorward 1.2.3" "User Commands"');
});

Deno.test("manualPage() says in one line what the program is, for apropos", () => {
  assertStringIncludes(PAGE, `\n.SH NAME\ndoorward \\- ${PROGRAM.summary}\n`);
});

Deno.test("manualPage() has every command, in the order of the help", () => {
  const sections = PAGE.split("\n").filter((line) => line.startsWith(".SS "));
  assertEquals(sections, COMMAND_NAMES.map((name) => `.SS ${name}`));
});

Deno.test("manualPage() tells of a command what its help tells", () => {
  const [, rest] = PAGE.split(".SS version\n");
  assertEquals(
    rest!.split("\n.SS")[0],
    `\\fBdoorward version\\fR
.PP
Print the version.
.PP
Prints the name and the version.
.TP
\\fB\\-\\-json\\fR
${OPTIONS.json.meaning}
.PP
Example:
.PP
.RS 4
.EX
doorward version \\-\\-json
.EE
.RE`,
  );
});

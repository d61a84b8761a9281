// docs/run.md tells what a command gets; this holds it to the code.
import { assertEquals } from "@std/assert";
import { EXIT } from "../../src/cli/exit_code.ts";
import { childEnv } from "../../src/library/env/child_env.ts";
import { proxyVariables, trustVariables } from "../../src/library/env/proxy_variables.ts";
import { blocksOf, tableBelow } from "../support/markdown.ts";
import { ip } from "../support/policy.ts";

const page = await Deno.readTextFile(`${import.meta.dirname}/../../docs/run.md`);

/** A port that is no part of anything else, written PORT on the page. */
const listener = { ip: ip("127.0.0.1"), port: 54321 };

/** How Doorward is called on the page. */
const connect = ["DOORWARD", "connect", "--proxy", "http://127.0.0.1:54321"];
const facts = { listener, allProxy: null, allowLocalBinding: true, secretVariables: [] };

Deno.test("docs/run.md lists every variable of the command, with its value", () => {
  const { JAVA_TOOL_OPTIONS: java, GIT_SSH_COMMAND: ssh, ...real } = childEnv(
    {},
    { ...facts, connect },
  );
  assertEquals(Object.fromEntries(variables()), real);
  assertEquals(variables().length, Object.keys(real).length);
  assertEquals(lines("-Dhttp."), java);
  assertEquals(lines("ssh -o"), ssh);
});

Deno.test("docs/run.md tells which variables `doorward env` leaves out", () => {
  const names = variables().slice(0, -3).map(([name]) => name);
  assertEquals(
    new Set(names),
    new Set(Object.keys(proxyVariables(facts))),
  );
});

Deno.test("docs/run.md lists every variable that has clients trust the bundle", () => {
  const rows = tableBelow("Certificates", page).map(([name = "", value = ""]) => [
    plain(name),
    plain(value),
  ]);
  assertEquals(rows, Object.entries(trustVariables("BUNDLE")));
});

Deno.test("docs/run.md lists the exit codes", () => {
  const codes = tableBelow("Exit codes", page).map(([code]) => code);
  const { usage, failed, cannotExecute, notFound } = EXIT;
  const ours = [failed, cannotExecute, notFound, usage].map(String);
  assertEquals(codes, ["0 to 255", "128 + n", ...ours]);
});

/** The variables of the table, each with its value. */
function variables(): [name: string, value: string][] {
  return tableBelow("Variables", page).flatMap(([names = "", value = ""]) =>
    plain(names).split(", ").map((name): [string, string] => [name, here(plain(value))])
  );
}

/** The block that begins like this, as one line. */
function lines(start: string): string {
  const block = blocksOf(page).find(({ text }) => text.startsWith(start));
  return here(block!.text.trim().replaceAll(/\n */g, " "));
}

function here(text: string): string {
  return text.replaceAll("PORT", String(listener.port));
}

function plain(cell: string): string {
  return cell.replaceAll("`", "");
}

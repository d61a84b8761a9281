import { assert, assertEquals } from "@std/assert";
import { AUDIT_SCHEMA } from "../../src/audit/audit_schema.ts";
import { EVENT_TYPES } from "../../src/audit/event.ts";
import { COMMAND_NAMES, COMMANDS } from "../../src/cli/argv/commands.ts";
import { AUDIT_DEFAULTS, AUDIT_KEYS } from "../../src/config/audit_table.ts";
import { loadConfig } from "../../src/config/config.ts";
import { DECIDER_SCHEMA } from "../../src/config/decider_table.ts";
import { OTEL_KEYS } from "../../src/config/otel/read_otel.ts";
import { DEFAULT_NETWORK } from "../../src/config/network_table.ts";
import { PRESETS } from "../../src/config/presets/presets.ts";
import { POSTURES } from "../../src/config/starter/starter_text.ts";
import { connectTarget, httpTarget } from "../../src/http/target.ts";
import { questionJson } from "../../src/library/deciders/decider_message.ts";
import { compilePolicy } from "../../src/policy/compile.ts";
import { BLOCK_REASONS } from "../../src/policy/decision.ts";
import type { NetworkRequest } from "../../src/policy/request.ts";
import { LIMIT_KEYS, unitOf } from "../../src/config/limits_table.ts";
import { DEFAULT_LIMITS, type Limits } from "../../src/proxy/limits.ts";
import { makeAdmin } from "../admin/make_admin.ts";
import { deciderRequest } from "../support/decider.ts";
import { blocksOf, tableBelow } from "../support/markdown.ts";
import { makeValidator } from "../support/schema_validator.ts";
import { httpTo } from "../support/policy.ts";

const root = new URL("../../", import.meta.url);

Deno.test("docs/reasons.md has a heading for every block reason, and no other", async () => {
  const page = await Deno.readTextFile(new URL("docs/reasons.md", root));
  const headings = [...page.matchAll(/^### `(\w+)`$/gm)].map((match) => match[1]!);
  assertEquals(headings.sort(), Object.keys(BLOCK_REASONS).sort());
});

Deno.test("docs/commands.md lists every command in the words of its help", async () => {
  const rows = await table("command what it does more in", 0, "commands.md");
  assertEquals(
    rows.map(([name = "", does = ""]) => [plain(name), does]),
    COMMAND_NAMES.map((name) => [name, COMMANDS[name].summary]),
  );
});

Deno.test("docs/policy.md lists every key of [network] with its default", async () => {
  const rows = await table("key default meaning", 0);
  const documented = Object.fromEntries(
    rows.map(([key = "", value = ""]) => [plain(key), plain(value)]),
  );
  const real = Object.fromEntries(
    Object.entries(DEFAULT_NETWORK).map(([key, value]) => [key, JSON.stringify(value)]),
  );
  assertEquals(documented, real);
});

Deno.test("docs/configuration.md lists every key of [otel]", async () => {
  const page = await Deno.readTextFile(new URL("docs/configuration.md", root));
  const [, section = ""] = page.split("## Export of audit records");
  const [first = ""] = section.split("| key of `otlp-http`");
  const rows = [...first.matchAll(/^\| `(\w+)`/gm)].map((match) => match[1]!);
  assertEquals(rows, [...OTEL_KEYS]);
});

Deno.test("docs/presets.md names every preset, every posture, and no other", async () => {
  const page = await Deno.readTextFile(new URL("docs/presets.md", root));
  const rows = [...page.matchAll(/^\| (`.*?) +\|/gm)].flatMap(([, names = ""]) =>
    [...names.matchAll(/`([a-z:-]+)`/g)].map(([, name]) => name!)
  );
  const real = [...PRESETS.map(({ name }) => name), ...POSTURES];
  assertEquals(rows.filter((name) => name !== "--preset").sort(), real.sort());
});

Deno.test("docs/policy.md lists every limit with its default and meaning", async () => {
  const rows = await table("key default meaning", 1);
  const documented = rows.map((row) => row.map(plain));
  const real = (Object.keys(LIMIT_KEYS) as (keyof Limits)[]).map((field) => {
    const { key, meaning } = LIMIT_KEYS[field];
    return [key, String(DEFAULT_LIMITS[field] / unitOf(field)), meaning];
  });
  assertEquals(documented, real);
});

Deno.test("docs/deciders.md lists every key of [network.decider] with its default and meaning", async () => {
  const page = await Deno.readTextFile(new URL("docs/deciders.md", root));
  const documented = tableBelow("Keys", page).map((row) => row.map(plain));
  const properties = Object.entries(DECIDER_SCHEMA.properties!);
  assertEquals(
    documented,
    properties.map(([key, { default: value, description }]) => [
      key,
      JSON.stringify(value),
      description,
    ]),
  );
});

Deno.test("docs/deciders.md lists every field of a question, in its order", async () => {
  const page = await Deno.readTextFile(new URL("docs/deciders.md", root));
  const rows = tableBelow("A program", page).flatMap(([names = ""]) => plain(names).split(", "));
  assertEquals(rows, Object.keys(JSON.parse(questionJson("d1", deciderRequest()))));
});

Deno.test("docs/audit.md lists every key of [network.audit] with its default and meaning", async () => {
  const documented = (await table("key default meaning", 0, "audit.md")).map((row) =>
    row.map(plain)
  );
  const real = Object.entries(AUDIT_KEYS).map(([key, { meaning }]) => [
    key,
    JSON.stringify(AUDIT_DEFAULTS[key as keyof typeof AUDIT_DEFAULTS]),
    meaning,
  ]);
  assertEquals(documented, real);
});

Deno.test("docs/audit.md lists every field of every record, and no other", async () => {
  const rows = await table("field in meaning", 0, "audit.md");
  const documented = rows.flatMap(([field = "", kinds = ""]) =>
    kinds.split(", ").map((kind) => `${kind} ${plain(field)}`)
  );
  const real = ["decision", "end", "loss"].flatMap((kind, at) =>
    Object.keys(AUDIT_SCHEMA.oneOf[at]!.properties).map((field) => `${kind} ${field}`)
  );
  assertEquals(documented.sort(), real.sort());
});

Deno.test("docs/audit.md shows a record as it is written", async () => {
  const page = await Deno.readTextFile(new URL("docs/audit.md", root));
  const [block] = blocksOf(page).filter(({ language }) => language === "json");
  assertEquals(makeValidator(AUDIT_SCHEMA)(JSON.parse(block!.text)), null);
});

Deno.test("docs/admin.md names every route, every event and every reader's limit", async () => {
  const page = await Deno.readTextFile(new URL("docs/admin.md", root));
  using admin = makeAdmin();
  const paths = admin.app.routes.filter(({ type }) => type === undefined || type.includes("event"))
    .map(({ path }) => path.replace(":id", "ID"));
  assert(paths.length > 15);
  assertEquals(paths.filter((path) => !page.includes(path)), []);
  assertEquals(EVENT_TYPES.filter((type) => !page.includes(`\`${type}\``)), []);
  for (const limit of [DEFAULT_LIMITS.eventReaders, DEFAULT_LIMITS.questions]) {
    assert(page.includes(` ${limit} `));
  }
});

Deno.test("docs/policy.md: the examples say what the policy says", async (t) => {
  const rows = await table("allowed denied other keys request answer", 0);
  assert(rows.length > 20);
  for (const [allowed = "", denied = "", keys = "", request = "", answer = ""] of rows) {
    await t.step(`${plain(request)} with ${allowed} ${denied} ${keys}`, async () => {
      const config = await loadConfig({
        homeFile: "/nonexistent/config.toml",
        overrides: ["network.enabled=true", "network.ask=false", ...overrides(plain(keys))],
        allow: allowed === "" ? [] : [plain(allowed)],
        deny: denied === "" ? [] : [plain(denied)],
      });
      const decision = compilePolicy(config.policy).decide(requestOf(plain(request)));
      assertEquals(decision.verdict === "deny" ? decision.reason : decision.verdict, answer);
    });
  }
});

Deno.test("docs/policy.md: the examples of request rules say what the policy says", async (t) => {
  const rows = await table("rules request answer", 0);
  assert(rows.length > 20);
  for (const [rules = "", request = "", answer = ""] of rows) {
    await t.step(`${plain(request)} with ${plain(rules)}`, async () => {
      const config = await loadConfig({
        homeFile: "/nonexistent/config.toml",
        overrides: ["network.mitm=true", `network.rules={${plain(rules)}}`],
        allow: ["github.com", "api.github.com"],
        deny: [],
        env: { TOKEN: "token" },
      });
      const [method = "", url = ""] = plain(request).split(" ");
      const plainly = requestOf(`${method} ${url.replace(/^https:/, "http:")}`);
      const inside = { scheme: "https", protocol: "https_connect" } as const;
      const decision = compilePolicy(config.policy).decide(
        plainly.kind === "http" && url.startsWith("https:") ? { ...plainly, ...inside } : plainly,
      );
      assertEquals(decision.verdict === "deny" ? decision.reason : decision.verdict, answer);
    });
  }
});

Deno.test("docs/security.md names tests that exist", async () => {
  const page = await Deno.readTextFile(new URL("docs/security.md", root));
  const missing: string[] = [];
  for (const [path] of page.matchAll(/tests\/[\w/]+\.ts/g)) {
    if (!await Deno.stat(new URL(path, root)).then(() => true, () => false)) missing.push(path);
  }
  assertEquals(missing, []);
});

Deno.test("docs/protocols.md names tests that exist", async () => {
  const page = await Deno.readTextFile(new URL("docs/protocols.md", root));
  const named = [...page.matchAll(/^\|.*\| `([^`|]+)`\s*\|$/gm)].map((match) => match[1]!);
  assert(named.length > 40);
  const tests = await allTests("tests/");
  assertEquals(named.filter((name) => !tests.includes(JSON.stringify(name).slice(1, -1))), []);
});

/** The text of every test file. */
async function allTests(folder: string): Promise<string> {
  let text = "";
  for await (const entry of Deno.readDir(new URL(folder, root))) {
    if (entry.isDirectory) text += await allTests(`${folder}${entry.name}/`);
    else if (entry.name.endsWith("_test.ts") && entry.name !== "docs_test.ts") {
      text += await Deno.readTextFile(new URL(folder + entry.name, root));
    }
  }
  return text;
}

/** The rows of the n-th table of a page with these columns. */
async function table(columns: string, n: number, name = "policy.md"): Promise<string[][]> {
  const page = await Deno.readTextFile(new URL(`docs/${name}`, root));
  const tables = page.matchAll(/(?:^\|.*\|\n)+/gm).map(([text]) =>
    text.trim().split("\n").map((line) => line.split("|").slice(1, -1).map((cell) => cell.trim()))
  );
  const found = [...tables].filter((rows) => rows[0]!.join(" ") === columns)[n];
  assert(found !== undefined, `docs/${name} has no table "${columns}"`);
  return found.slice(2);
}

function plain(cell: string): string {
  return cell.replaceAll("`", "");
}

function overrides(keys: string): string[] {
  return keys === "" ? [] : [`network.${keys.replace(/ = /, "=")}`];
}

function requestOf(text: string): NetworkRequest {
  const [method, target] = text.split(" ") as [string, string];
  const head = { method, target, minor: 0, fields: [] } as const;
  if (method === "CONNECT") {
    return { kind: "tunnel", protocol: "https_connect", target: connectTarget(head) };
  }
  const { endpoint, path } = httpTarget(head);
  return httpTo("any.test", { target: endpoint, path, method });
}

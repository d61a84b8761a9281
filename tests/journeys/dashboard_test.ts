// The dashboard at work: a real browser shows a real proxy that real curl goes through, and changes it.
import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import {
  ASKING,
  count,
  type DashboardWorld,
  testDashboard,
  testId,
  text,
} from "../support/dashboard.ts";
import type { RunningProgram } from "../support/programs.ts";

/** What nobody allowed is blocked at once. */
const NOT_ASKING = ASKING.replace("ask = true", "ask = false");

async function assertFetched(client: RunningProgram): Promise<void> {
  assertStringIncludes((await client.ended).stdout, "hello from the origin");
}

async function assertBlocked(client: RunningProgram, decision: "deny" | "ask"): Promise<void> {
  const { stdout } = await client.ended;
  assertMatch(stdout, /^HTTP\/1\.1 403 /);
  assertStringIncludes(stdout, `"decision":"${decision}"`);
}

testDashboard("a blocked request appears, with its reason", async ({ page, fetch }) => {
  await assertBlocked(fetch("http://denied.test/secret?token=1"), "deny");
  const row = '[data-host="denied.test"]';
  await page.until(`${count("feed-row", row)} === 1`);
  const shown = String(await page.evaluate(text("feed-row", row)));
  assertMatch(shown, /blocked.*GET.*denied\.test:80.*HTTP.*a deny rule names it.*127\.0\.0\.1:\d+/);
  assertEquals(shown.includes("secret"), false);
  await page.until(`document.querySelector("#blocked-count").textContent === "1"`);
});

testDashboard("a held request goes through after a click on 10 min", async (world) => {
  const { page, place, origin, fetch, scratch } = world;
  const client = fetch(origin.url);
  await page.until(`document.title === "(1) Doorward"`);
  await page.click(testId("approve-minutes"));
  await assertFetched(client);
  const rule = `[data-pattern="${place} over http"]`;
  await page.until(`${count("rule-row", rule)} === 1`);
  const shown = String(await page.evaluate(text("rule-row", rule)));
  assertMatch(shown, /allow.*(9 min \d+ s|10 min 0 s)/);
  await assertFetched(fetch(origin.url));
  assertEquals(await Deno.readTextFile(scratch.configFile), ASKING);
});

testDashboard("a grant that is withdrawn grants nothing more", async (world) => {
  const { page, place, origin, fetch } = world;
  const client = fetch(origin.url);
  await page.click(testId("approve-run"));
  await assertFetched(client);
  const rule = `[data-pattern="${place} over http"]`;
  await page.click(`${testId("rule-row", rule)} ${testId("remove")}`);
  await page.until(`${count("rule-row", rule)} === 0`);
  const next = fetch(origin.url);
  await page.click(testId("deny"));
  await assertBlocked(next, "deny");
});

testDashboard("once is for what waits, and nothing else", async (world) => {
  const { page, origin, fetch } = world;
  const first = fetch(origin.url);
  await page.click(testId("approve-once"));
  await assertFetched(first);
  const second = fetch(origin.url);
  await page.click(testId("deny"));
  await assertBlocked(second, "deny");
  assertEquals(origin.requests.length, 1);
});

testDashboard("always shows the line, and writes it when that is agreed to", async (world) => {
  const { page, place, origin, fetch, scratch } = world;
  const client = fetch(origin.url);
  await page.click(testId("approve-always"));
  const line = `allowed_domains += "${place} over http"`;
  await page.until(
    `document.querySelector(".sure .exact").textContent === ${JSON.stringify(line)}`,
  );
  assertEquals(await Deno.readTextFile(scratch.configFile), ASKING);
  await page.press("Escape");
  await page.until(`document.querySelector(".sure") === null`);
  await page.click(testId("approve-always"));
  await page.click(testId("approve-always-confirm"));
  await assertFetched(client);
  const written = await Deno.readTextFile(scratch.configFile);
  assertStringIncludes(written, `allowed_domains = ["${place} over http"]`);
  for (const kept of ASKING.trim().split("\n")) assertStringIncludes(written, kept);
  await page.until(
    `${count("rule-row", `[data-pattern="${place} over http"][data-origin="config"]`)} === 1`,
  );
});

testDashboard("what was answered elsewhere leaves the page", async (world) => {
  const { page, home, origin, fetch } = world;
  const client = fetch(origin.url);
  await page.until(`${count("question")} === 1`);
  const answer = await globalThis.fetch(`${home}/pending/q1`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: '{"decision":"deny"}',
  });
  assertEquals([answer.status, (await answer.json()).status], [200, "ok"]);
  await page.until(`${text("settled")}.includes("Denied by admin")`);
  await page.until(`document.querySelector("#questions").hidden`);
  await assertBlocked(client, "deny");
});

testDashboard("a row of what was blocked allows its host", async (world) => {
  const { page, place, origin, fetch } = world;
  await assertBlocked(fetch(origin.url), "deny");
  await page.click(testId("row-allow"));
  await page.click(testId("row-allow-run"));
  await page.until(`${count("rule-row", `[data-pattern="${place} over http"]`)} === 1`);
  await assertFetched(fetch(origin.url));
}, { toml: NOT_ASKING });

testDashboard(
  "a pattern that is typed becomes a rule, and a bad one is explained",
  async (world) => {
    const { page, origin, fetch } = world;
    await page.type(testId("add-pattern"), "http://127.0.0.2/");
    await page.press("Enter");
    await page.until(`${text("notice-error")}.includes("it is a URL")`);
    await page.evaluate(`document.querySelector('${testId("add-pattern")}').value = ""`);
    await page.type(testId("add-pattern"), "127.0.0.2");
    await page.click(testId("add-submit"));
    await page.until(`${count("rule-row", '[data-pattern="127.0.0.2"]')} === 1`);
    await assertFetched(fetch(origin.url));
    // A rejected request is in the console of a browser; nothing else is.
    assertMatch(page.console.splice(0).join("\n"), /^error: Failed to load resource: .*400[^\n]*$/);
  },
  { toml: NOT_ASKING },
);

testDashboard("limited mode is one click, and full mode two", async (world) => {
  const { page, home, fetch } = world;
  await page.click(testId("mode-limited"));
  await page.until(`${pressed("mode-limited")} === "true"`);
  await fetch("https://denied.test/").ended;
  await page.until(`${count("feed-row", '[data-host="denied.test"]')} === 1`);
  assertEquals(await mode(home), "limited");
  await page.click(testId("mode-full"));
  await page.click(testId("confirm-no"));
  assertEquals(await mode(home), "limited");
  await page.click(testId("mode-full"));
  await page.click(testId("confirm-yes"));
  await page.until(`${pressed("mode-full")} === "true"`);
  assertEquals(await mode(home), "full");
});

testDashboard("an open tunnel is listed, and closed by a click", async (world) => {
  const { page, origin, fetch } = world;
  const client = fetch(origin.url, "--proxytunnel", "-N");
  await client.stdout.until(/ 200 [^]*200 OK/);
  // They are asked for only while somebody can see them.
  await page.evaluate(`document.querySelector("#connections-panel").scrollIntoView()`);
  const row = testId("connection-row");
  await page.until(`document.querySelector('${row}')?.textContent.includes("HTTPS tunnel")`);
  await page.click(`${row} ${testId("close")}`);
  // 18: it was closed before all of the answer was there.
  assertEquals((await client.ended).code, 18);
  await page.until(`${count("connection-row")} === 0`);
}, {
  toml: NOT_ASKING + 'allowed_domains = ["127.0.0.2"]\n',
  handler: () => new Response(new ReadableStream({ start: (c) => c.enqueue(new Uint8Array(9)) })),
});

testDashboard("the list of decisions can be filtered, and stopped", async ({ page, fetch }) => {
  for (const host of ["one.test", "two.test"]) await fetch(`http://${host}/`).ended;
  await page.until(`${count("feed-row")} === 2`);
  await page.press("/");
  await page.type(testId("filter"), "two");
  await page.until(`${count("feed-row")} === 1 && ${text("feed-row")}.includes("two.test")`);
  await page.press("Escape");
  await page.until(`${count("feed-row")} === 2`);
  await page.click(testId("pause"));
  await fetch("http://three.test/").ended;
  await page.until(`${text("feed-note")} === "paused, 1 decision since"`);
  assertEquals(await page.evaluate(count("feed-row")), 2);
  await page.click(testId("pause"));
  await page.until(`${count("feed-row", '[data-host="three.test"]')} === 1`);
}, { toml: NOT_ASKING });

testDashboard("a file that cannot be read is told, until it can", async ({ page, scratch }) => {
  await scratch.configure(ASKING.replace("ask = true", 'ask = "yes"'));
  await page.until(`${count("fault")} === 1`);
  const told = String(await page.evaluate(text("fault")));
  assertMatch(told, /The last reload failed\..*config\.toml:4:\d+ /);
  await scratch.configure(ASKING.replace("ask = true", "ask = false"));
  await page.until(`${count("fault")} === 0`);
  await page.until(`${text("generation")} === "2"`);
});

testDashboard(
  "a client that leaves is told of, and a proxy that ends",
  async ({ page, start, fetch, origin }) => {
    const client = fetch(origin.url);
    await page.until(`${count("question")} === 1`);
    client.kill("SIGTERM");
    await page.until(`${text("settled")}.includes("The client went away")`);
    start.kill("SIGTERM");
    await start.ended;
    await page.until(`${text("state")} === "proxy gone" && ${count("question")} === 0`);
    assertEquals(page.console.splice(0).filter((line) => !/ERR_|Failed to load/.test(line)), []);
  },
);

testDashboard("a grant of one minute ends with it", async (world) => {
  const { page, place, origin, fetch } = world;
  const client = fetch(origin.url);
  await page.until(`${count("question")} === 1`);
  await page.evaluate(`import("/api.js").then(() => fetch("/pending/q1", {
    method: "POST",
    headers: {
      "content-type": "application/json",
      authorization: "Bearer " + sessionStorage.getItem("doorward-session"),
    },
    body: JSON.stringify({ decision: "approve", scope: "minutes", minutes: 1 }),
  }))`);
  await assertFetched(client);
  const rule = count("rule-row", `[data-pattern="${place} over http"]`);
  await page.until(`${rule} === 1`);
  for (let left = 60; left > 0 && await page.evaluate(rule) === 1; left--) {
    await page.evaluate("new Promise((done) => setTimeout(done, 1000))");
  }
  await page.until(`${rule} === 0`);
  const next = fetch(origin.url);
  await page.click(testId("deny"));
  await assertBlocked(next, "deny");
}, { isLong: true });

function pressed(id: string): string {
  return `document.querySelector('${testId(id)}').getAttribute("aria-pressed")`;
}

async function mode(home: DashboardWorld["home"]): Promise<string> {
  return (await (await fetch(`${home}/health`)).json()).mode;
}

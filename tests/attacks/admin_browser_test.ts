// A page of somebody else, in a real browser, against the admin API of a real `doorward start`.
import { assertEquals, assertMatch, assertNotEquals } from "@std/assert";
import { adminAuthority, callAdmin, readAdmin, untilAdmin } from "../support/admin_calls.ts";
import { startBrowser, testBrowser } from "../support/browser.ts";
import type { Page } from "../support/browser_page.ts";
import { type DoorwardStart, startDoorward } from "../support/doorward_cli.ts";
import { startOrigin } from "../support/origin.ts";
import { wireToStart } from "../support/proxy_wire.ts";
import { makeScratch } from "../support/scratch.ts";
import { startWebOrigin, type WebOrigin } from "../support/web_origin.ts";

/** What would change something, most of it without any token. */
const WRITES: readonly (readonly [method: string, path: string, body?: string])[] = [
  ["POST", "/mode", '{"mode":"limited"}'],
  ["POST", "/reload"],
  ["POST", "/reload", "{}"],
  ["POST", "/allow", '{"host":"evil.test"}'],
  ["POST", "/deny", '{"host":"127.0.0.2"}'],
  ["DELETE", "/allow?host=127.0.0.2"],
  ["POST", "/pending/q1", '{"decision":"deny"}'],
  ["POST", "/pending/q1", '{"decision":"approve"}'],
  ["DELETE", "/connections/1"],
  ["POST", "/session/code"],
];

/** What would tell something. */
const READS = ["/", "/health", "/config", "/patterns", "/pending", "/connections", "/events"]
  .map((path) => ["GET", path] as const);

/** Tricks that send nothing: they read, if anything. */
const READING = [
  "image",
  "script",
  "style sheet",
  "frame",
  "object",
  "event source",
  "WebSocket",
  "window",
];

/** Names by which a page gets at an address of this machine. The browser is told what they resolve to. */
const REBOUND = "rebind.test";

/** To a browser the first is the same site as the admin API, the second is this machine, the third is neither. */
const HOMES = ["127.0.0.1", "evil.localhost", "evil.test"];

for (const host of HOMES) {
  testBrowser(`admin API: a page of ${host} reads and changes nothing, by any trick`, async () => {
    await using scene = await makeScene();
    const { browser, start, site } = scene;
    const before = await stateOf(start);
    const page = await browser.open(`http://${host}:${site.port}/`);
    const names = await page.evaluate("Object.keys(tricks)") as string[];
    for (const trick of names) {
      assertEquals(await attempt(page, trick, start), [], `${trick} has read something`);
      assertEquals(await stateOf(start), before, `${trick} has changed something`);
    }
    // They were refused, and did not fail on their way.
    assertRefusals(page, start);
  });
}

testBrowser(
  "admin API: a page of a name that leads to it is no page of its own (rebinding)",
  async () => {
    await using scene = await makeScene();
    const { browser, start } = scene;
    const before = await stateOf(start);
    for (const host of [REBOUND, "evil.localhost", "0.0.0.0"]) {
      // What it answers is a page of that origin, in which any script of its owner may be imagined.
      const page = await browser.open(`http://${host}:${start.adminPort}/`);
      assertMatch(String(await page.evaluate("document.body.innerText")), /"reason":"bad_host"/);
      for (const [method, path, body] of [...WRITES, ...READS]) {
        const options = { method, body, headers: { "content-type": "application/json" } };
        const status = await page.evaluate(
          `fetch("${path}", ${JSON.stringify(options)}).then((reply) => reply.status)`,
        );
        assertEquals(status, 403, `${host}: ${method} ${path}`);
      }
      await page.close();
    }
    assertEquals(await stateOf(start), before);
  },
);

testBrowser("admin API: the page of its own may do what these may not", async () => {
  await using scene = await makeScene();
  const { browser, start } = scene;
  const page = await browser.open(`http://${adminAuthority(start)}/`);
  const before = await stateOf(start);
  const status = await page.evaluate(`fetch("/mode", {
    method: "POST", body: '{"mode":"limited"}', headers: { "content-type": "application/json" },
  }).then((reply) => reply.status)`);
  assertEquals(status, 200);
  assertNotEquals(await stateOf(start), before);
});

interface Scene extends AsyncDisposable {
  readonly browser: Awaited<ReturnType<typeof startBrowser>>;
  readonly start: DoorwardStart;
  /** A server of the attacker's. */
  readonly site: WebOrigin;
}

/** A proxy with a tunnel and a question, so that there is something to be closed and to be answered. */
async function makeScene(): Promise<Scene> {
  await using stack = new AsyncDisposableStack();
  const scratch = stack.use(await makeScratch());
  const origin = stack.use(startOrigin(staysOpen, "127.0.0.2"));
  await scratch.configure(`[network]
enabled = true
ask = true
ask_hold_seconds = 600
allowed_domains = ["127.0.0.2"]
`);
  const start = stack.use(await startDoorward([], scratch));
  const tunnel = stack.use(await wireToStart(start));
  const authority = `127.0.0.2:${origin.address.port}`;
  await tunnel.send(`CONNECT ${authority} HTTP/1.1\r\nHost: ${authority}\r\n\r\n`);
  await tunnel.readHead();
  const held = stack.use(await wireToStart(start));
  await held.send("CONNECT held.test:443 HTTP/1.1\r\nHost: held.test:443\r\n\r\n");
  await untilAdmin(start, "/pending", ({ pending }) => pending.length > 0);
  const site = stack.use(startWebOrigin(foreignSite, { hostname: "0.0.0.0" }));
  const names = { [REBOUND]: "127.0.0.1", "evil.test": "127.0.0.1" };
  const browser = stack.use(await startBrowser({ names }));
  const owned = stack.move();
  return { browser, start, site, [Symbol.asyncDispose]: () => owned.disposeAsync() };
}

/** Closes when the client does. */
/** A browser on a busy machine takes longer than a test waits for anything. */
function staysOpen(): Promise<void> {
  return Promise.resolve();
}

async function foreignSite(request: Request): Promise<Response> {
  const { pathname, searchParams } = new URL(request.url);
  await request.body?.cancel();
  if (pathname === "/redirect") {
    const location = searchParams.get("to")!;
    return new Response(null, { status: 307, headers: { location } });
  }
  if (pathname !== "/tricks.js") {
    const html = '<!doctype html><body><script src="/tricks.js"></script>';
    return new Response(html, { headers: { "content-type": "text/html" } });
  }
  const script = await Deno.readTextFile(`${import.meta.dirname}/../support/foreign_page.js`);
  return new Response(script, { headers: { "content-type": "text/javascript" } });
}

/** Plays one trick with every call, all at once. Resolves to all that it could read. */
async function attempt(page: Page, trick: string, start: DoorwardStart): Promise<unknown> {
  const calls = READING.includes(trick) ? READS : [...WRITES, ...READS];
  const urls = calls.map(([method, path, body]) => ({
    url: `http://${adminAuthority(start)}${path}`,
    method,
    ...(body === undefined ? {} : { body }),
  }));
  const all = `${JSON.stringify(urls)}.map(tricks[${JSON.stringify(trick)}])`;
  return await page.evaluate(
    `Promise.all(${all}).then((texts) => texts.filter((text) => text !== ""))`,
  );
}

/** All that a call could have changed. */
async function stateOf(start: DoorwardStart): Promise<unknown> {
  const { mode, generation, loaded_at, fault } = await readAdmin(start, "/health");
  const { pending } = await readAdmin(start, "/pending");
  const { connections } = await readAdmin(start, "/connections");
  const { text } = await callAdmin(start, "GET", "/metrics");
  return {
    health: { mode, generation, loaded_at, fault },
    patterns: await readAdmin(start, "/patterns"),
    pending,
    connections,
    readers: /^doorward_event_readers .*$/m.exec(text)?.[0],
  };
}

function assertRefusals(page: Page, start: DoorwardStart): void {
  const answers = page.responses.filter((line) => line.includes(adminAuthority(start)));
  assertEquals(answers.filter((line) => !line.startsWith("403 ")), []);
  assertEquals(answers.length > WRITES.length * 10, true, `only ${answers.length} calls got there`);
}

// A real browser, whose HTTPS is looked into: it trusts the authority as `doorward ca install-hint` says.
import { assertEquals, assertMatch, assertRejects, assertStringIncludes } from "@std/assert";
import { startBrowser, testBrowser, testTrustingBrowser } from "../support/browser.ts";
import { doorward, startDoorward } from "../support/doorward_cli.ts";
import {
  BY_NAME,
  type InterceptedWorld,
  makeInterceptedWorld,
  SERVER,
} from "../support/intercepted_world.ts";
import { echoingSockets } from "../support/socket_origin.ts";
import type { Handler } from "../support/web_origin.ts";

const PAGE = `<!DOCTYPE html><title>a page</title><link rel="icon" href="data:,"><p>hello</p>`;
/** Where a WebSocket may be opened. */
const CHAT = "/chat";

testTrustingBrowser(
  "a page over HTTPS loads by HTTP/2, and what it may not send is refused to it",
  async () => {
    await using world = await makePageWorld();
    await using start = await startDoorward([], world.scratch);
    await using browser = await startBrowser({
      proxy: start.url,
      authority: await authorityOf(world),
    });
    const page = await browser.open(`${BY_NAME}/page`);
    assertEquals(await page.evaluate("document.title"), "a page");
    assertEquals(
      await page.evaluate(`performance.getEntriesByType("navigation")[0].nextHopProtocol`),
      "h2",
    );
    assertEquals(page.responses, [`200 ${BY_NAME}/page`]);
    assertEquals(page.console, []);

    const refused = await page.evaluate(`fetch("/form", { method: "POST", body: "x=1" }).then(
    async (answer) => [answer.status, answer.headers.get("x-proxy-error"), await answer.text()])`);
    const [status, header, text] = refused as [number, string, string];
    assertEquals([status, header], [403, "blocked-by-policy"]);
    assertMatch(
      text,
      /^CODEX_NETWORK_POLICY_DECISION {"decision":"deny","reason":"mitm_hook_denied",/,
    );
    assertStringIncludes(text, `\nDoorward blocked this request: ${SERVER}: `);
    assertEquals(await page.evaluate(`fetch("/more").then((answer) => answer.text())`), PAGE);
    assertEquals(world.server.requests, ["GET /page via doorward", "GET /more via doorward"]);
    await start.stderr.until(/CODEX_NETWORK_POLICY_VIOLATION .*"reason":"mitm_hook_denied"/);
  },
);

testTrustingBrowser("a page over HTTPS opens the WebSocket that a rule allows", async () => {
  await using world = await makePageWorld();
  await using start = await startDoorward([], world.scratch);
  await using browser = await startBrowser({
    proxy: start.url,
    authority: await authorityOf(world),
  });
  const page = await browser.open(`${BY_NAME}/page`);
  const talk = (path: string) =>
    page.evaluate(`new Promise((resolve) => {
      const heard = [];
      const socket = new WebSocket("wss://${SERVER}${path}");
      socket.onopen = () => socket.send("hello");
      socket.onmessage = ({ data }) => {
        heard.push(data);
        if (heard.length === 1) socket.send("close, please");
      };
      socket.onclose = ({ code, reason }) => resolve([...heard, code, reason]);
    })`);
  assertEquals(await talk(CHAT), ["hello", "close, please", 4000, "as you wish"]);
  // It asks with GET, which may load this page and open nothing.
  assertEquals(await talk("/page"), [1006, ""]);
  await start.stderr.until(/CODEX_NETWORK_POLICY_VIOLATION .*"reason":"mitm_hook_denied"/);
  assertEquals(world.server.requests, ["GET /page via doorward", `GET ${CHAT} via doorward`]);
});

testBrowser("a browser that was not told to trust the authority loads nothing", async () => {
  await using world = await makePageWorld();
  await using start = await startDoorward([], world.scratch);
  await using browser = await startBrowser({ proxy: start.url });
  await assertRejects(
    () => browser.open(`${BY_NAME}/page`),
    Error,
    "net::ERR_CERT_AUTHORITY_INVALID",
  );
  assertEquals(world.server.requests, []);
});

/** Pages that may be read, and one place that may be talked with. */
function makePageWorld(): Promise<InterceptedWorld> {
  const handler: Handler = (request) =>
    request.headers.get("upgrade") === "websocket"
      ? echoingSockets(request)
      : new Response(PAGE, { headers: { "content-type": "text/html" } });
  return makeInterceptedWorld({
    rule: `[{ methods = ["GET"] }, { paths = ["${CHAT}"] }]`,
    origin: () => Promise.resolve(handler),
  });
}

async function authorityOf({ scratch }: InterceptedWorld): Promise<string> {
  const { code, stdout, stderr } = await doorward(["ca", "path"], scratch);
  assertEquals(code, 0, stderr);
  return stdout.trim();
}

// Byte by byte: what no browser sends, but whoever leads one here, or is none, may.
import { assert, assertEquals, assertMatch } from "@std/assert";
import {
  adminAuthority,
  adminToken,
  callAdmin,
  readAdmin,
  sayToAdmin,
  wireToAdmin,
} from "../support/admin_calls.ts";
import { type DoorwardStart, startDoorward } from "../support/doorward_cli.ts";
import { until } from "../support/in_time.ts";
import { makeScratch, type Scratch } from "../support/scratch.ts";
import { statusOf, type Wire } from "../support/wire.ts";

const MODE = '{"mode":"limited"}';
const JSON_BODY = `Content-Type: application/json\r\nContent-Length: ${MODE.length}\r\n`;

/** What a call must not be taken for our own by. `AT` is where we listen, `PORT` its port. */
const HEADS: Record<string, string> = {
  "a name that leads here": "POST /mode HTTP/1.1\r\nHost: rebind.evil:PORT\r\n",
  "a name with localhost in front": "POST /mode HTTP/1.1\r\nHost: localhost.evil.test:PORT\r\n",
  "a name with localhost behind": "POST /mode HTTP/1.1\r\nHost: evil.localhost:PORT\r\n",
  "an address in a name": "POST /mode HTTP/1.1\r\nHost: 127.0.0.1.evil.test:PORT\r\n",
  "another port": "POST /mode HTTP/1.1\r\nHost: 127.0.0.1:1\r\n",
  "no port": "POST /mode HTTP/1.1\r\nHost: 127.0.0.1\r\n",
  "user information": "POST /mode HTTP/1.1\r\nHost: evil@AT\r\n",
  "our address as user information": "POST /mode HTTP/1.1\r\nHost: AT@evil.test\r\n",
  "a fragment": "POST /mode HTTP/1.1\r\nHost: AT#evil.test\r\n",
  "a path": "POST /mode HTTP/1.1\r\nHost: AT/evil.test\r\n",
  "a list": "POST /mode HTTP/1.1\r\nHost: AT, evil.test\r\n",
  "every address": "POST /mode HTTP/1.1\r\nHost: 0.0.0.0:PORT\r\n",
  "an address as a number": "POST /mode HTTP/1.1\r\nHost: 2130706433:PORT\r\n",
  "an address in octal": "POST /mode HTTP/1.1\r\nHost: 0177.0.0.1:PORT\r\n",
  "a short address": "POST /mode HTTP/1.1\r\nHost: 127.1:PORT\r\n",
  "a link-local address": "POST /mode HTTP/1.1\r\nHost: [fe80::1]:PORT\r\n",
  "an empty host": "POST /mode HTTP/1.1\r\nHost: \r\n",
  "no host": "POST /mode HTTP/1.1\r\n",
  "no host, HTTP/1.0": "POST /mode HTTP/1.0\r\n",
  "a foreign host, HTTP/1.0": "POST /mode HTTP/1.0\r\nHost: evil.test\r\n",
  "two hosts": "POST /mode HTTP/1.1\r\nHost: AT\r\nHost: evil.test\r\n",
  "two hosts, ours last": "POST /mode HTTP/1.1\r\nHost: evil.test\r\nHost: AT\r\n",
  "a foreign URL": "POST http://evil.test/mode HTTP/1.1\r\nHost: AT\r\n",
  "our URL and a foreign host": "POST http://AT/mode HTTP/1.1\r\nHost: evil.test\r\n",
  "a URL of another port": "POST http://127.0.0.1:1/mode HTTP/1.1\r\nHost: AT\r\n",
  "a foreign origin": "POST /mode HTTP/1.1\r\nHost: AT\r\nOrigin: https://evil.test\r\n",
  "the origin null": "POST /mode HTTP/1.1\r\nHost: AT\r\nOrigin: null\r\n",
  "an empty origin": "POST /mode HTTP/1.1\r\nHost: AT\r\nOrigin: \r\n",
  "our origin by HTTPS": "POST /mode HTTP/1.1\r\nHost: AT\r\nOrigin: https://AT\r\n",
  "the origin of another port": "POST /mode HTTP/1.1\r\nHost: AT\r\nOrigin: http://127.0.0.1:1\r\n",
  "another name of ours": "POST /mode HTTP/1.1\r\nHost: AT\r\nOrigin: http://localhost:PORT\r\n",
  "an origin that begins like ours":
    "POST /mode HTTP/1.1\r\nHost: AT\r\nOrigin: http://127.0.0.1.evil.test:PORT\r\n",
  "an origin that goes on behind ours":
    "POST /mode HTTP/1.1\r\nHost: AT\r\nOrigin: http://AT.evil.test\r\n",
  "two origins":
    "POST /mode HTTP/1.1\r\nHost: AT\r\nOrigin: http://AT\r\nOrigin: http://evil.test\r\n",
  "another site": "POST /mode HTTP/1.1\r\nHost: AT\r\nSec-Fetch-Site: cross-site\r\n",
  "the same site": "POST /mode HTTP/1.1\r\nHost: AT\r\nSec-Fetch-Site: same-site\r\n",
  "a site that nobody knows": "POST /mode HTTP/1.1\r\nHost: AT\r\nSec-Fetch-Site: x\r\n",
  "an address that was typed": "POST /mode HTTP/1.1\r\nHost: AT\r\nSec-Fetch-Site: none\r\n",
};

Deno.test("admin API: no head but our own changes anything", async (t) => {
  await using scene = await makeScene();
  const { start } = scene;
  for (const [what, head] of Object.entries(HEADS)) {
    await t.step(what, async () => {
      const { raw, start: line } = await sayToAdmin(
        start,
        `${placed(head, start)}${JSON_BODY}\r\n${MODE}`,
      );
      assertMatch(line, /^HTTP\/1\.[01] (403|400) /);
      assert(!/access-control|"generation"/i.test(raw), raw);
      assertEquals((await readAdmin(start, "/health")).generation, 1);
    });
  }
});

/** Callers at once, of which there may be rather more (`src/admin/serve.ts`). */
const CROWD = 100;

/** A browser says so with each of them, and a form says one of the types. */
const MARKS = ["Origin: http://AT", "Referer: http://evil.test/", "Sec-Fetch-Site: same-origin"];
const TYPES = [
  "Content-Type: text/plain\r\n",
  "Content-Type: text/plain;charset=application/json\r\n",
  "Content-Type: application/x-www-form-urlencoded\r\n",
  "Content-Type: multipart/form-data; boundary=x\r\n",
  "Content-Type: application/jsonp\r\n",
  "Content-Type: text/json\r\n",
  "Content-Type: text/plain\r\nContent-Type: application/json\r\n",
  "",
];

Deno.test("admin API: a browser's body is JSON by its type, or refused", async () => {
  await using scene = await makeScene();
  const { start } = scene;
  for (const mark of MARKS) {
    for (const type of TYPES) {
      const head = placed(`POST /mode HTTP/1.1\r\nHost: AT\r\n${mark}\r\n`, start);
      const length = `Content-Length: ${MODE.length}\r\n`;
      const { start: line } = await sayToAdmin(start, `${head}${type}${length}\r\n${MODE}`);
      assertMatch(line, /^HTTP\/1\.1 415 /, `${mark}, ${type}`);
    }
  }
  assertEquals((await readAdmin(start, "/health")).mode, "full");
});

Deno.test("admin API: a body that is too large is refused, however it comes", async () => {
  await using scene = await makeScene();
  const { start } = scene;
  const head = placed(
    "POST /mode HTTP/1.1\r\nHost: AT\r\nContent-Type: application/json\r\n",
    start,
  );
  const padding = " ".repeat(9000);
  const whole = `{"mode":"limited"${padding}}`;
  const chunked = `${whole.length.toString(16)}\r\n${whole}\r\n0\r\n\r\n`;
  for (
    const body of [
      `Content-Length: ${whole.length}\r\n\r\n${whole}`,
      `Transfer-Encoding: chunked\r\n\r\n${chunked}`,
      // It says so, and sends less: the answer need not wait for it.
      `Transfer-Encoding: chunked\r\n\r\n${chunked.slice(0, 9000)}`,
    ]
  ) {
    const { start: line } = await sayToAdmin(start, head + body);
    assertMatch(line, /^HTTP\/1\.1 413 /);
  }
  assertEquals((await readAdmin(start, "/health")).mode, "full");
});

Deno.test("admin API: a body with two lengths, or a broken one, changes nothing", async () => {
  await using scene = await makeScene();
  const { start } = scene;
  const head = placed(
    "POST /mode HTTP/1.1\r\nHost: AT\r\nContent-Type: application/json\r\n",
    start,
  );
  const hidden = placed(
    `POST /mode HTTP/1.1\r\nHost: AT\r\n${JSON_BODY}\r\n${MODE}`,
    start,
  );
  for (
    const rest of [
      `Content-Length: 5\r\nContent-Length: 6\r\n\r\n{"a":1`,
      `Content-Length: -1\r\n\r\n${hidden}`,
      `Content-Length: 0x5\r\n\r\n${hidden}`,
      `Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`,
      `Transfer-Encoding: chunked\r\n\r\nzz\r\n{}\r\n0\r\n\r\n`,
      `Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n`,
      `Content-Length: 9\r\n\r\n{"mode":1`,
    ]
  ) {
    await using wire = await wireToAdmin(start);
    await wire.send(head + rest);
    await wire.closeWrite();
    // An answer that says no, or none at all.
    assertMatch(await wire.readAll(), /^$|^HTTP\/1\.1 4\d\d /, rest);
  }
  assertEquals((await readAdmin(start, "/health")).mode, "full");
});

Deno.test("admin API: of pipelined calls each is guarded for itself", async () => {
  await using scene = await makeScene();
  const { start } = scene;
  await using wire = await wireToAdmin(start);
  const own = placed("GET /health HTTP/1.1\r\nHost: AT\r\n\r\n", start);
  const foreign = `POST /mode HTTP/1.1\r\nHost: evil.test\r\n${JSON_BODY}\r\n${MODE}`;
  await wire.send(own + foreign + own);
  const statuses = [];
  for (let count = 0; count < 3; count++) statuses.push(statusOf(await wire.readMessage()));
  assertEquals(statuses, [200, 403, 200]);
  assertEquals((await readAdmin(start, "/health")).mode, "full");
});

Deno.test("admin API: a head of a megabyte, and fields without number, cost nothing", async () => {
  await using scene = await makeScene();
  const { start } = scene;
  const head = placed("GET /health HTTP/1.1\r\nHost: AT\r\n", start);
  for (
    const fields of [
      `X: ${"x".repeat(1_000_000)}\r\n`,
      "X: x\r\n".repeat(100_000),
      `${"x".repeat(1_000_000)}`,
    ]
  ) {
    await using wire = await wireToAdmin(start);
    await wire.send(`${head}${fields}\r\n`).catch(() => {
      // It may close before it has read all of that.
    });
    assertMatch(await wire.readAll(), /^$|^HTTP\/1\.1 4\d\d /);
  }
  assertEquals((await readAdmin(start, "/health")).status, "ok");
});

Deno.test("admin API: callers that stop half-way keep nobody waiting, nor its end", async () => {
  await using scene = await makeScene();
  const { start } = scene;
  await using stack = new AsyncDisposableStack();
  const begun = placed(`POST /mode HTTP/1.1\r\nHost: AT\r\n${JSON_BODY}\r\n`, start);
  for (const part of ["", "POST /mo", begun, `${begun}{"mode":`]) {
    for (let count = 0; count < CROWD / 4; count++) {
      const wire = stack.use(await wireToAdmin(start));
      await wire.send(part);
    }
  }
  assertEquals((await readAdmin(start, "/health")).mode, "full");
  start.kill("SIGTERM");
  assertEquals((await start.ended).code, 0);
});

Deno.test("admin API: callers beyond its ceiling are turned away, until others leave", async () => {
  await using scene = await makeScene();
  const { start } = scene;
  const crowd: Wire[] = [];
  for (let count = 0; count < 3 * CROWD; count++) crowd.push(await wireToAdmin(start));
  const away = () => crowd.filter((wire) => wire.ending !== null).length;
  await until(() => away() > 0, "some are turned away");
  for (const wire of crowd) await wire[Symbol.asyncDispose]();
  assertEquals((await readAdmin(start, "/health")).status, "ok");
});

Deno.test("admin API: what is no call to it is answered as an error, or not at all", async () => {
  await using scene = await makeScene();
  const { start } = scene;
  for (
    const bytes of [
      "CONNECT AT HTTP/1.1\r\nHost: AT\r\n\r\n",
      "CONNECT example.com:443 HTTP/1.1\r\nHost: example.com:443\r\n\r\n",
      "OPTIONS * HTTP/1.1\r\nHost: AT\r\n\r\n",
      "OPTIONS /mode HTTP/1.1\r\nHost: AT\r\nOrigin: http://evil.test\r\n" +
      "Access-Control-Request-Method: POST\r\n\r\n",
      "TRACE / HTTP/1.1\r\nHost: AT\r\n\r\n",
      "GET http://example.com/ HTTP/1.1\r\nHost: example.com\r\n\r\n",
      "GET /events HTTP/1.1\r\nHost: AT\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n" +
      "Origin: http://evil.test\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: MDEyMzQ1Njc4OWFiY2RlZg==\r\n\r\n",
      "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
      "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
      "\x05\x01\x00",
      "GET /health\r\n\r\n",
    ]
  ) {
    await using wire = await wireToAdmin(start);
    await wire.send(placed(bytes, start));
    await wire.closeWrite();
    const answer = await wire.readAll();
    assert(!/^HTTP\/1\.[01] [123]/.test(answer), `${bytes}: ${answer}`);
    assert(!/access-control/i.test(answer), answer);
  }
});

Deno.test("admin API: no word of a caller comes back as more than text", async () => {
  await using scene = await makeScene();
  const { start, scratch } = scene;
  const token = await adminToken(scratch);
  const poison = '<img src=x onerror=alert(1)>\x1b[2J\u202e"';
  for (
    const reply of [
      await callAdmin(start, "POST", "/allow", { token, body: { host: poison } }),
      await callAdmin(start, "DELETE", `/allow?host=${encodeURIComponent(poison)}`),
      await callAdmin(start, "GET", `/explain?url=${encodeURIComponent(poison)}`),
      await callAdmin(start, "GET", `/${encodeURIComponent(poison)}`),
      await callAdmin(start, "POST", `/pending/${encodeURIComponent(poison)}`, {
        body: { decision: "deny" },
      }),
    ]
  ) {
    assert(reply.json !== null, reply.text);
    assertMatch(reply.text, /^[^\p{Cc}\p{Cf}]*\n$/u);
  }
});

interface Scene extends AsyncDisposable {
  readonly start: DoorwardStart;
  readonly scratch: Scratch;
}

async function makeScene(): Promise<Scene> {
  await using stack = new AsyncDisposableStack();
  const scratch = stack.use(await makeScratch());
  const start = stack.use(await startDoorward([], scratch));
  const owned = stack.move();
  return { start, scratch, [Symbol.asyncDispose]: () => owned.disposeAsync() };
}

function placed(text: string, start: DoorwardStart): string {
  return text.replaceAll("AT", adminAuthority(start)).replaceAll("PORT", String(start.adminPort));
}

// Limited mode over HTTPS and through tunnels that carry plain HTTP: reading passes, all else is refused inside.
import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { testClient } from "../support/client_world.ts";
import { CLIENTS, curl } from "../support/clients.ts";
import { type DoorwardStart, proxyEnv, startDoorward } from "../support/doorward_cli.ts";
import {
  BY_NAME,
  type InterceptedWorldOptions,
  makeInterceptedWorld,
  SERVER,
  SERVER_IP,
} from "../support/intercepted_world.ts";
import { runProgram } from "../support/programs.ts";

const NODE = CLIENTS.find(({ name }) => name === "Node's fetch")!;

const LIMITED: InterceptedWorldOptions = { rule: null, settings: 'mode = "limited"' };

/** What `run` says at the end. */
const READ_ONLY = "limited mode only reads";

const UNSEEN = "the tunnel cannot be looked into";

/** How curl is refused a tunnel that nobody would see into. */
const UNSEEN_ENTRANCES = [
  ["CONNECT", 56, ({ url }: DoorwardStart) => ["--proxy", url], "mitm_required"],
  ["SOCKS5", 97, throughSocks, "method_not_allowed"],
] as const;

/** Node asks for both through CONNECT. */
const FETCH = `const [, url, method] = process.argv;
fetch(url, { method, ...(method === "POST" ? { body: "x=1" } : {}) }).then(async (answer) => {
  const told = answer.headers.get("x-proxy-error") ?? "nothing";
  console.log(answer.status, told, (await answer.text()).trimEnd());
});`;

for (const version of ["--http1.1", "--http2"]) {
  testClient(curl, `limited mode reads over HTTPS, and writes nothing (${version})`, async () => {
    await using world = await makeInterceptedWorld(LIMITED);
    const url = `${BY_NAME}/hello?x=1`;
    const read = await world.run(["curl", "-sS", version, url]);
    assertEquals([read.code, read.stdout, read.stderr], [0, "hello from the origin\n", ""]);
    assertEquals(world.server.requests, ["GET /hello?x=1 via doorward"]);
    const asked = [...world.outside.asked];

    const written = await world.run([
      "curl",
      "-sS",
      "-D",
      "/dev/stderr",
      version,
      "-d",
      "x=1",
      url,
    ]);
    assertEquals(written.code, 0);
    const [first, second] = written.stdout.split("\n");
    assertEquals(
      first,
      'CODEX_NETWORK_POLICY_DECISION {"decision":"deny","reason":"method_not_allowed",' +
        `"source":"mode_guard","protocol":"https_connect","host":"${SERVER}","port":443}`,
    );
    assertMatch(
      second!,
      RegExp(`^Doorward blocked this request: ${SERVER}: .*POST is not a reading`),
    );
    assertMatch(written.stderr, /^HTTP\/\S+ 403 /m);
    assertMatch(written.stderr, /^x-proxy-error: blocked-by-method-policy\r$/mi);
    assertStringIncludes(written.stderr, `doorward: blocked ${SERVER}:443 (${READ_ONLY}`);
    assertEquals(world.server.requests.length, 1);
    assertEquals(world.outside.asked, asked);
  });
}

testClient(curl, "limited mode without interception opens no tunnel for HTTPS", async () => {
  await using world = await makeInterceptedWorld({ ...LIMITED, mitm: false });
  const { code, stdout, stderr } = await world.run(["curl", "-sS", `${BY_NAME}/hello`]);
  assertEquals([code, stdout], [56, ""]);
  assertStringIncludes(stderr, "curl: (56) CONNECT tunnel failed, response 403\n");
  assertStringIncludes(
    stderr,
    `doorward: blocked ${SERVER}:443 (${UNSEEN}) — look into it: doorward run -c `,
  );
  assertEquals([world.server.requests, world.outside.asked], [[], []]);
});

testClient(curl, "limited mode reads over HTTPS through SOCKS5, and writes nothing", async () => {
  await using world = await makeInterceptedWorld(LIMITED);
  await using start = await startDoorward([], world.scratch);
  const own = { ...world.scratch.env, ...await proxyEnv(start, world.scratch) };
  const ask = (...words: readonly string[]) =>
    runProgram(["curl", "-sS", ...throughSocks(start), ...words, `${BY_NAME}/hello`], { env: own });
  const read = await ask();
  assertEquals([read.stdout, read.stderr], ["hello from the origin\n", ""]);
  assertEquals(world.server.requests, ["GET /hello via doorward"]);

  const written = await ask("-d", "x=1", "-w", "%{http_code} %header{x-proxy-error}");
  assertMatch(written.stdout, /^CODEX_NETWORK_POLICY_DECISION .*"reason":"method_not_allowed"/);
  assertMatch(written.stdout, /\n403 blocked-by-method-policy$/);
  assertEquals(world.server.requests.length, 1);
});

for (const [entrance, code, through, reason] of UNSEEN_ENTRANCES) {
  testClient(curl, `limited mode without interception refuses ${entrance} to 443`, async () => {
    await using world = await makeInterceptedWorld({ ...LIMITED, mitm: false });
    await using start = await startDoorward([], world.scratch);
    const words = ["curl", "-sS", ...through(start), `${BY_NAME}/hello`];
    const ended = await runProgram(words, world.scratch);
    assertEquals([ended.code, ended.stdout], [code, ""], ended.stderr);
    const [, told] = await start.stderr.until(
      /^CODEX_NETWORK_POLICY_VIOLATION .*"reason":"(\w+)"/m,
    );
    assertEquals(told, reason);
    assertEquals([world.server.requests, world.outside.asked], [[], []]);
  });
}

for (const mitm of [true, false]) {
  const how = `${mitm ? "with" : "without"} interception`;
  testClient(NODE, `limited mode reads plain HTTP in a tunnel to port 80, ${how}`, async (node) => {
    await using world = await makeInterceptedWorld({ ...LIMITED, mitm });
    const url = `http://${SERVER}/hello`;
    const read = await world.run([node, "--eval", FETCH, url, "GET"]);
    assertEquals([read.code, read.stdout], [0, "200 nothing hello from the origin\n"], read.stderr);
    assertEquals(world.plain.requests, ["GET /hello via doorward"]);

    const written = await world.run([node, "--eval", FETCH, url, "POST"]);
    assertMatch(written.stdout, /^403 blocked-by-method-policy .*"reason":"method_not_allowed"/);
    assertStringIncludes(written.stderr, `doorward: blocked ${SERVER}:80 (${READ_ONLY}`);
    assertEquals(world.plain.requests.length, 1);
  });
}

testClient(NODE, "limited mode reads plain HTTP in a tunnel to any other port", async (node) => {
  await using world = await makeInterceptedWorld(LIMITED);
  const { url, port } = world.plain;
  const read = await world.run([node, "--eval", FETCH, `${url}/hello`, "GET"]);
  assertEquals([read.code, read.stdout], [0, "200 nothing hello from the origin\n"], read.stderr);
  const written = await world.run([node, "--eval", FETCH, `${url}/hello`, "POST"]);
  assertMatch(written.stdout, /^403 blocked-by-method-policy .*"reason":"method_not_allowed"/);
  assertStringIncludes(written.stderr, `doorward: blocked ${SERVER_IP}:${port} (${READ_ONLY}`);
  assertEquals(world.plain.requests, ["GET /hello via doorward"]);
});

testClient(NODE, "without interception it opens no tunnel to any other port", async (node) => {
  await using world = await makeInterceptedWorld({ ...LIMITED, mitm: false });
  const { code, stderr } = await world.run([node, "--eval", FETCH, world.plain.url, "GET"]);
  assertEquals(code, 1);
  assertStringIncludes(stderr, "Proxy response (403)");
  assertStringIncludes(stderr, `doorward: blocked ${SERVER_IP}:${world.plain.port} (${UNSEEN})`);
  assertEquals(world.plain.requests, []);
});

testClient(NODE, "limited mode opens no WebSocket, with TLS or without", async (node) => {
  await using world = await makeInterceptedWorld(LIMITED);
  const open = `const socket = new WebSocket(process.argv[1]);
    socket.onopen = () => console.log("open");
    socket.onerror = ({ message }) => console.log("refused");
    socket.onclose = () => console.log("closed");`;
  for (const url of [`ws://${SERVER}/chat`, `wss://${SERVER}/chat`]) {
    const { stdout, stderr } = await world.run([node, "--eval", open, url]);
    assertEquals(stdout.split("\n")[0], "refused");
    const port = url.startsWith("wss:") ? 443 : 80;
    assertStringIncludes(stderr, `doorward: blocked ${SERVER}:${port} (${READ_ONLY}`);
  }
  assertEquals([world.server.requests, world.plain.requests], [[], []]);
});

function throughSocks({ socksPort }: DoorwardStart): readonly string[] {
  return ["--socks5-hostname", `127.0.0.1:${socksPort}`];
}

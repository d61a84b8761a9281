// HTTP/2 through tunnels that are looked into: gRPC, requests at once, trailers, streams, and bodies of any length.
import { assertEquals, assertLess, assertStringIncludes } from "@std/assert";
import { needing, testClient } from "../support/client_world.ts";
import { curl } from "../support/clients.ts";
import { GRPC, GRPC_CALL, GRPC_CLIENT, startGrpcOrigin } from "../support/grpc.ts";
import { HTTP2_CLIENT } from "../support/http2_client.ts";
import { NODE } from "../support/http2_origin.ts";
import { type Http2World, makeHttp2World } from "../support/http2_world.ts";
import {
  BY_NAME,
  type InterceptedWorld,
  type InterceptedWorldOptions,
  makeInterceptedWorld,
  SERVER,
  SERVER_IP,
} from "../support/intercepted_world.ts";
import { processMemory } from "../support/process_memory.ts";

/** Its server is Node's. */
const CURL = needing(curl, NODE);

const AT_ONCE = 20;
const BULK_BYTES = 200 * 1024 * 1024;
/** What may come on top of a process that has looked into one small request. */
const GROWTH_MAX_MIB = 96;
/** What is garbage is swept at once: what remains is what Doorward holds, and not what the runtime has yet to find. */
const SWEPT_SOON = { DENO_V8_FLAGS: "--max-semi-space-size=1" };

testClient(
  CURL,
  "HTTP/2 is spoken on both sides, and HTTP/1.1 where one side wants that",
  async () => {
    for (const [option, serverSpeaks, versions] of VERSIONS) {
      await using world = await makeHttp2World({ http2: serverSpeaks });
      const words = ["curl", "-sS", "-w", "%{http_version}", option];
      for (const base of [BY_NAME, world.byAddress]) {
        const { stdout } = await world.run([...words, `${base}/hello`]);
        assertEquals(stdout, `hello from the origin\n${versions[0]}`);
      }
      const asked = `GET /hello ${versions[1]}`;
      assertEquals([option, world.origin.requests], [option, [asked, asked]]);
    }
  },
);

const VERSIONS = [
  ["--http2", true, ["2", "2.0"]],
  ["--http2", false, ["2", "1.1"]],
  ["--http1.1", true, ["1.1", "1.1"]],
  ["--http1.1", false, ["1.1", "1.1"]],
] as const;

testClient(GRPC, "gRPC calls, fails, chats and sends what is long", async (python) => {
  for (const place of [SERVER, null]) {
    await using world = await makeGrpcWorld();
    const target = place ?? new URL(world.byAddress).host;
    const { stdout, stderr } = await world.run([python, "-c", GRPC_CLIENT, target]);
    assertEquals(
      stdout,
      "hello there\nNOT_FOUND there is none a test\necho 0\necho 1\necho 2\n[] OK\n2000006\n",
      stderr,
    );
    assertEquals(stderr.includes("doorward: "), false, stderr);
  }
});

testClient(GRPC, "gRPC that no rule allows is told so in its own words", async (python) => {
  await using world = await makeGrpcWorld({ rule: `"read"` });
  const { stdout, stderr } = await world.run([python, "-c", GRPC_CALL, SERVER]);
  // What gRPC makes of 403 (its "HTTP to gRPC Status Code Mapping").
  assertEquals(stdout, "PERMISSION_DENIED\n", stderr);
  assertStringIncludes(stderr, `doorward: blocked ${SERVER}:443 (no request rule allows it)`);
});

testClient(CURL, `${AT_ONCE} requests at once share one connection to the server`, async () => {
  await using world = await makeHttp2World();
  const urls = Array(AT_ONCE).fill(`${world.byAddress}/together/${AT_ONCE}`);
  const { code, stdout, stderr } = await world.run(["curl", "-sS", "--http2", "-Z", ...urls]);
  assertEquals([code, stdout], [0, "together\n".repeat(AT_ONCE)], stderr);
  assertEquals(world.origin.requests.length, AT_ONCE);
  assertEquals(world.origin.connections, 1);
});

testClient(NODE, "the trailers of an answer arrive behind it", async (node) => {
  await using world = await makeHttp2World();
  const { stdout, stderr } = await runHttp2(
    world,
    node,
    `
    const session = await connect();
    const { body, trailers } = await ask(session, { ":path": "/trailers" });
    console.log(body, trailers["x-sum"]);
    session.close();
  `,
  );
  assertEquals(stdout, "body 42\n", stderr);
});

testClient(NODE, "events arrive one by one, while the answer is open", async (node) => {
  await using world = await makeHttp2World();
  const { stdout, stderr } = await runHttp2(
    world,
    node,
    `
    const session = await connect();
    const events = session.request({ ":path": "/events" });
    events.setEncoding("utf8");
    events.on("data", async (event) => {
      console.log(event.trim());
      // The next one comes only when this one has been heard.
      if (!event.includes("3")) await ask(session, { ":path": "/next" });
    });
    events.on("close", () => session.close());
  `,
  );
  assertEquals(stdout, "data: 1\ndata: 2\ndata: 3\n", stderr);
});

testClient(NODE, "events arrive one by one over HTTP/1.1, too", async (node) => {
  await using world = await makeHttp2World({ http2: false });
  const script = `(async () => {
    const events = await fetch(process.argv[1] + "/events");
    for await (const event of events.body.pipeThrough(new TextDecoderStream())) {
      console.log(event.trim());
      if (!event.includes("3")) await fetch(process.argv[1] + "/next");
    }
  })()`;
  const { stdout, stderr } = await world.run([node, "--eval", script, BY_NAME]);
  assertEquals(stdout, "data: 1\ndata: 2\ndata: 3\n", stderr);
});

for (const [option, http2] of [["--http2", true], ["--http1.1", false]] as const) {
  const name = http2 ? "HTTP/2" : "HTTP/1.1";

  testClient(CURL, `200 MiB down and up over ${name} leave memory flat`, async () => {
    await using world = await makeHttp2World({ http2 });
    const { origin } = world;
    const base = world.byAddress;
    await using run = world.spawn([
      "sh",
      "-c",
      `
      curl -sS ${option} ${base}/hello && read go
      curl -sS ${option} -o /dev/null -w '%{size_download} down\\n' ${base}/down/${BULK_BYTES}
      head -c ${BULK_BYTES} /dev/zero | curl -sS ${option} -T - ${base}/up
      echo ' up' && read go
    `,
    ], { env: SWEPT_SOON });
    const go = () => run.stdin.write(new TextEncoder().encode("go\n"));
    await run.stdout.until(/hello from the origin\n/);
    const before = await processMemory(run.pid);
    await go();
    await run.stdout.until(/^\d+ up$/m);
    const { peak } = await processMemory(run.pid);
    await go();
    const { stdout, stderr } = await run.ended;
    assertEquals(
      stdout,
      `hello from the origin\n${BULK_BYTES} down\n${BULK_BYTES} up\n`,
      stderr,
    );
    assertEquals(origin.requests.length, 3);
    assertLess(peak - before.peak, GROWTH_MAX_MIB);
  });
}

testClient(
  NODE,
  "clients that go away, politely or not, leave Doorward to the others",
  async (node) => {
    await using world = await makeHttp2World();
    const { code, stdout, stderr } = await runHttp2(
      world,
      node,
      `
    for (let round = 0; round < 20; round++) {
      for (const leave of [
        (stream, session) => { stream.close(8); session.close(); },
        (stream, session) => { session.goaway(2); session.destroy(); },
        (stream, session) => { stream.close(8); session.goaway(0, 0); session.close(); },
        (stream, session) => session.destroy(),
      ]) {
        for (const event of ["response", "end"]) {
          const session = await connect();
          const gone = new Promise((resolve) => session.once("close", resolve));
          const stream = session.request({ ":method": "POST", ":path": "/up" });
          stream.on("error", () => {});
          stream.on("data", () => {});
          stream.end("x".repeat(150));
          await new Promise((resolve) => stream.once(event, resolve));
          session.on("error", () => {});
          leave(stream, session);
          await gone;
        }
      }
    }
    const session = await connect();
    console.log((await ask(session, { ":path": "/hello" })).body.trim());
    session.close();
  `,
    );
    assertEquals([code, stdout], [0, "hello from the origin\n"], stderr);
  },
);

function makeGrpcWorld(options: InterceptedWorldOptions = {}): Promise<InterceptedWorld> {
  return makeInterceptedWorld({
    behind: (authority, scratch) => startGrpcOrigin(SERVER_IP, authority, scratch),
    ...options,
  });
}

/** Runs a script that speaks HTTP/2 with the server, by its address. */
function runHttp2(world: Http2World, node: string, script: string) {
  const whole = `${HTTP2_CLIENT}(async () => {${script}})()`;
  return world.run([node, "--eval", whole, new URL(world.byAddress).host]);
}

import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { NetworkProxy } from "../../src/mod.ts";
import type { UdpSocket } from "../../src/net/ports.ts";
import { bindUdp } from "../../src/net/udp_socket.ts";
import { makeAuthority } from "../support/authority.ts";
import { startBulkOrigin } from "../support/bulk_origin.ts";
import { testClient } from "../support/client_world.ts";
import { askAt, getOf, wireTo } from "../support/embedding.ts";
import { inTime } from "../support/in_time.ts";
import { installedPackage, NODE, startNodeProxy } from "../support/node_package.ts";
import { answering, ok, startOrigin } from "../support/origin.ts";
import { ip } from "../support/policy.ts";
import { runProgram } from "../support/programs.ts";
import { makeScratch, type Scratch } from "../support/scratch.ts";
import { ipAddress } from "../support/socks.ts";
import { startTlsOrigin } from "../support/tls_origin.ts";
import { openUdp } from "../support/udp_client.ts";
import { statusOf } from "../support/wire.ts";

/** Two directions of this, at once, overrun every buffer between the programs. */
const MUCH_BYTES = 10 * 1024 * 1024;

const NETWORK = {
  enabled: true,
  allow_local_binding: true,
  allowed_domains: ["127.0.0.1"],
  denied_domains: ["denied.test"],
};

testClient(NODE, "the library is a package for Node", async (node) => {
  await using scratch = await makeScratch();
  const app = await installedPackage(scratch);
  const place = { node, app, scratch };
  for (const [what, check] of Object.entries(CHECKS)) {
    // A step is told by its name; the package is made once.
    await check(place).catch((cause) => {
      throw new Error(`${what}: ${cause instanceof Error ? cause.message : cause}`, { cause });
    });
  }
});

/** An installed package, and who runs it. */
interface Place {
  readonly node: string;
  readonly app: string;
  readonly scratch: Scratch;
}

const CHECKS: Readonly<Record<string, (place: Place) => Promise<void>>> = {
  "curl through every door, and a program that ends": async ({ node, app, scratch }) => {
    await using origin = startOrigin(answering(...Array.from({ length: 3 }, () => ok())));
    await using proxy = await startNodeProxy(node, app, { network: NETWORK }, scratch);
    const { port } = origin.address;
    const fetch = async (...words: string[]) => {
      const options = ["-sS", "--max-time", "20", "-w", "\n%{http_code} %{http_connect}"];
      const { stdout } = await runProgram(["curl", ...options, ...words], scratch);
      return stdout;
    };
    const url = `http://127.0.0.1:${port}/`;
    const http = ["--proxy", `http://${proxy.http}`];
    assertEquals(await fetch(...http, url), "hello\n200 000");
    assertEquals(await fetch(...http, "--proxytunnel", url), "hello\n200 200");
    assertEquals(await fetch("--proxy", `socks5h://${proxy.socks}`, url), "hello\n200 000");
    assertStringIncludes(
      await fetch(...http, "-D", "-", "http://denied.test/"),
      "x-proxy-error: blocked-by-denylist",
    );
    assertStringIncludes(
      await fetch(...http, "-D", "-", "http://other.test/"),
      "x-proxy-error: blocked-by-policy",
    );
    // The decider lets it pass; nobody knows that name.
    assertStringIncludes(await fetch(...http, "http://decided.test/"), "502 000");
    assertEquals(proxy.env.HTTP_PROXY, `http://${proxy.http}`);
    const { code, stdout, stderr } = await proxy.end();
    assertEquals([code, stderr], [0, ""]);
    assertEquals(linesOf("asked", stdout), [
      ["http", "GET", "other.test", 80, "from Node"],
      ["http", "GET", "decided.test", 80, "from Node"],
    ]);
    const [over] = linesOf("over", stdout) as { records: number; deno: string }[];
    assert(over!.records >= 6, `${over!.records}`);
    assertEquals([over!.deno, linesOf("trouble", stdout)], ["undefined", []]);
  },

  "refusals and failures in the same words as on Deno": async ({ node, app, scratch }) => {
    const refusing = startOrigin(answering());
    const { port } = refusing.address;
    await refusing[Symbol.asyncDispose]();
    await using proxy = await startNodeProxy(node, app, { network: NETWORK }, scratch);
    await using deno = await (await NetworkProxy.builder().config({ network: NETWORK }).build())
      .run();
    for (const target of [`127.0.0.1:${port}`, "denied.test", "xn--a.com", "127.1"]) {
      const [onNode, onDeno] = await Promise.all([
        askAt(proxy.http, getOf(target)),
        askAt(deno.addresses!.http, getOf(target)),
      ]);
      const shown = (message: typeof onNode) => [message.start, message.body, message.fields];
      assertEquals(plain(shown(onNode)), plain(shown(onDeno)), target);
    }
    assertEquals(statusOf(await askAt(proxy.http, getOf(`127.0.0.1:${port}`))), 502);
  },

  "half-close, and much both ways": async ({ node, app, scratch }) => {
    await using origin = startOrigin(async (wire) => {
      const said = await wire.readAll();
      await wire.send(said.toUpperCase());
      wire.close();
    });
    await using bulk = startBulkOrigin();
    await using proxy = await startNodeProxy(node, app, { network: NETWORK }, scratch);
    await using wire = await wireTo(proxy.http);
    const target = `127.0.0.1:${origin.address.port}`;
    await wire.send(`CONNECT ${target} HTTP/1.1\r\nHost: ${target}\r\n\r\n`);
    assertEquals(statusOf(await wire.readMessage({ headOnly: true })), 200);
    await wire.send("good night");
    await wire.closeWrite();
    assertEquals(await wire.readAll(), "GOOD NIGHT");

    const sent = crypto.getRandomValues(new Uint8Array(64 * 1024));
    const conn = await connectThrough(proxy.http, bulk.echo);
    const writing = (async () => {
      for (let at = 0; at < MUCH_BYTES; at += sent.length) await writeAll(conn, sent);
      await conn.closeWrite();
    })();
    let received = 0;
    const into = new Uint8Array(64 * 1024);
    for (let count = await conn.read(into); count !== null; count = await conn.read(into)) {
      for (let at = 0; at < count; at++) {
        if (into[at] !== sent[(received + at) % sent.length]) throw new Error("bytes differ");
      }
      received += count;
    }
    await writing;
    conn.close();
    assertEquals(received, MUCH_BYTES);
  },

  "datagrams": async ({ node, app, scratch }) => {
    const server = bindUdp({ ip: ip("127.0.0.1"), port: 0 });
    const echoing = echo(server);
    await using proxy = await startNodeProxy(node, app, { network: NETWORK }, scratch);
    const { address } = server;
    await using client = await openUdp({
      authority: proxy.socks,
      client: () => wireTo(proxy.socks),
    });
    await client.send(ipAddress("127.0.0.1", address.port), "ping");
    assert((await client.receive()).endsWith("ping"));
    server.close();
    await echoing;
  },

  "interception of HTTP/1.1 and HTTP/2": async ({ node, app, scratch }) => {
    const authority = await makeAuthority(["IP:127.0.0.1"], scratch);
    await using origin = await startTlsOrigin(authority, { http2: true });
    const rules = { "127.0.0.1": { methods: ["GET"] } };
    const network = { ...NETWORK, mitm: true, upstream_ca_file: authority.caFile, rules };
    await using proxy = await startNodeProxy(node, app, { network }, scratch);
    const url = `https://127.0.0.1:${origin.address.port}/`;
    const client = {
      ...scratch,
      env: { ...scratch.env, CURL_CA_BUNDLE: proxy.env.SSL_CERT_FILE! },
    };
    for (const version of ["1.1", "2"]) {
      const words = ["curl", "-sS", `--http${version}`, "--proxy", `http://${proxy.http}`, "-i"];
      const got = await runProgram([...words, url], client);
      assertStringIncludes(got.stdout, `HTTP/${version} 200`, got.stderr);
      assert(got.stdout.endsWith("hello"), got.stdout);
      const refused = await runProgram([...words, "-X", "DELETE", url], client);
      assertStringIncludes(refused.stdout, `HTTP/${version} 403`, refused.stderr);
    }
    assertEquals(origin.arrived.map(({ method }) => method), ["GET", "GET"]);
    const { code, stdout, stderr } = await inTime(proxy.end(), "the program to end");
    assertEquals([code, stderr, linesOf("trouble", stdout)], [0, "", []]);
  },

  "a consumer in strict TypeScript, with the types of Node alone": async (
    { node, app, scratch },
  ) => {
    await scratch.write("app/consumer.ts", CONSUMER);
    const options = ["--strict", "--noEmit", "--skipLibCheck", "false", "--types", "node"];
    const target = [
      "--target",
      "es2022",
      "--module",
      "nodenext",
      "--lib",
      "es2024,esnext.disposable",
    ];
    const words = [node, "node_modules/typescript/bin/tsc", ...options, ...target, "consumer.ts"];
    const { code, stdout } = await runProgram(words, { env: scratch.env, cwd: app });
    assertEquals([code, stdout], [0, ""]);
  },

  "what stands in for Deno, on Node": async ({ node, scratch }) => {
    const folder = new URL("../node/", import.meta.url).pathname;
    const tests: string[] = [];
    for await (const { name } of Deno.readDir(folder)) tests.push(folder + name);
    const { code, stdout } = await runProgram([node, "--test", ...tests], scratch);
    assertEquals(code, 0, stdout);
  },
};

/** What stands differently in every answer: the ports, and who answers. */
function plain(value: unknown): string {
  return JSON.stringify(value).replaceAll(/doorward-[0-9a-f]+/g, "doorward");
}

/** What the program printed of one kind. */
function linesOf(kind: string, stdout: string): unknown[] {
  return stdout.split("\n").filter((line) => line.startsWith(`${kind} `))
    .map((line) => JSON.parse(line.slice(kind.length + 1)));
}

async function echo(socket: UdpSocket): Promise<void> {
  const into = new Uint8Array(64);
  for (let got = await socket.receive(into); got !== null; got = await socket.receive(into)) {
    await socket.send(into.subarray(0, got.count), got.from);
  }
}

async function connectThrough(proxy: string, port: number): Promise<Deno.TcpConn> {
  const [hostname = "", proxyPort] = proxy.split(":");
  const conn = await Deno.connect({ hostname, port: Number(proxyPort) });
  const target = `127.0.0.1:${port}`;
  const head = `CONNECT ${target} HTTP/1.1\r\nHost: ${target}\r\n\r\n`;
  await writeAll(conn, new TextEncoder().encode(head));
  const byte = new Uint8Array(1);
  for (let answer = ""; !answer.endsWith("\r\n\r\n");) {
    assertEquals(await conn.read(byte), 1, answer);
    answer += String.fromCharCode(byte[0]!);
  }
  return conn;
}

async function writeAll(conn: Deno.TcpConn, bytes: Uint8Array): Promise<void> {
  for (let at = 0; at < bytes.length;) at += await conn.write(bytes.subarray(at));
}

const CONSUMER = `import {
  type AuditRecord,
  ConfigError,
  NetworkDecision,
  NetworkProxy,
  type NetworkPolicyRequest,
  type NetworkProxyHandle,
} from "@doorward/doorward";

const records: AuditRecord[] = [];

export async function start(): Promise<NetworkProxyHandle | null> {
  try {
    const proxy = await NetworkProxy.builder()
      .config({ network: { enabled: true, allowed_domains: ["api.example.com"] } })
      .policyDecider(({ host }: NetworkPolicyRequest) =>
        host === "api.example.org" ? NetworkDecision.allow() : NetworkDecision.deny()
      )
      .onAudit((record) => records.push(record))
      .build();
    return await proxy.run();
  } catch (error) {
    if (error instanceof ConfigError) return null;
    throw error;
  }
}

export async function use(): Promise<string | undefined> {
  await using handle = await start();
  return handle?.addresses?.http;
}

// @ts-expect-error -- the types know what a mode is
export const wrong = (handle: NetworkProxyHandle) => handle.setMode("off");
`;

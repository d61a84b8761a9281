import { assert, assertEquals, assertMatch } from "@std/assert";
import { getDocument } from "../../src/library/get_document.ts";
import { ConfigError } from "../../src/config/errors.ts";
import { ATTEMPT_MS, ATTEMPTS_MAX } from "../../src/config/requirements/fetch_document.ts";
import { RemoteRequirements } from "../../src/config/requirements/remote_requirements.ts";
import { cacheFile, requirementsCache } from "../../src/config/requirements/requirements_cache.ts";
import { tcpDialer } from "../../src/net/tcp_dialer.ts";
import { trusting } from "../../src/net/tls_client.ts";
import { type Authority, makeAuthority } from "../support/authority.ts";
import { FakeClock } from "../support/fake_clock.ts";
import { inTime, until } from "../support/in_time.ts";
import { ip } from "../support/policy.ts";
import { makeScratch, type Scratch } from "../support/scratch.ts";
import { startTlsOrigin, type TlsOrigin, type TlsOriginOptions } from "../support/tls_origin.ts";

const { os } = Deno.build;
const NEVER = new AbortController().signal;
const MINUTE = 60_000;
const LIMITED = '[experimental_network]\nmode = "limited"\n';
const FULL = '[experimental_network]\nmode = "full"\n';

/** A clock on which nobody waits before they try again; all other time passes when the test says so. */
class ImpatientClock extends FakeClock {
  override wait(ms: number, signal: AbortSignal): Promise<void> {
    if (ms >= ATTEMPT_MS) return super.wait(ms, signal);
    this.advance(ms);
    return Promise.resolve();
  }
}

/** A server of requirements that can be stopped and started again, on one URL, and whoever asks it. */
interface Scene extends AsyncDisposable {
  readonly clock: FakeClock;
  readonly scratch: Scratch;
  readonly authority: Authority;
  /** Replaces the server. */
  serve(answer: TlsOriginOptions["answer"], authority?: Authority): Promise<TlsOrigin>;
  stop(): Promise<void>;
  /** A new process, with the same home. */
  remote(url?: string): RemoteRequirements;
}

async function makeScene(): Promise<Scene> {
  const scratch = await makeScratch();
  const authority = await makeAuthority(["DNS:policy.test"], scratch);
  const clock = new ImpatientClock();
  let origin: TlsOrigin | null = null;
  const stop = async () => {
    await origin?.[Symbol.asyncDispose]();
    origin = null;
  };
  const get = getDocument({
    resolve: () => Promise.resolve([ip("127.0.0.1")]),
    // Where nobody listens the system refuses; the port is free again once the server has stopped.
    dial: (_, signal) => tcpDialer(origin?.address ?? { ip: ip("127.0.0.1"), port: 1 }, signal),
    startTls: trusting([authority.ca]),
  });
  return {
    clock,
    scratch,
    authority,
    serve: async (answer, by = authority) => {
      await stop();
      origin = await startTlsOrigin(by, answer === undefined ? {} : { answer });
      return origin;
    },
    stop,
    remote: (url = "https://policy.test/r.toml") =>
      new RemoteRequirements(new URL(url), {
        get,
        clock,
        cache: requirementsCache(scratch.home, os),
      }),
    [Symbol.asyncDispose]: async () => {
      await stop();
      await scratch[Symbol.asyncDispose]();
    },
  };
}

/** The mode that is required, or why nothing runs. */
async function outcome(scene: Scene, remote = scene.remote()): Promise<string> {
  const loading = remote.load(NEVER)
    .then(({ requirements, notices }) =>
      [requirements.values.mode?.value ?? "none", ...notices.map(({ message }) => message)].join()
    ).catch((error) => {
      if (error instanceof ConfigError) return error.message;
      throw error;
    });
  return await inTime(loading, "the requirements");
}

/** Serves a document, and 304 to whoever has it. */
function serving(text: string, etag: string): TlsOriginOptions["answer"] {
  return ({ headers }, response) => {
    response.setHeader("ETag", etag);
    response.statusCode = headers["if-none-match"] === etag ? 304 : 200;
    response.end(response.statusCode === 304 ? "" : text);
  };
}

const NAME = "https://policy.test/r.toml: cannot fetch these requirements: ";

Deno.test("requirements at a URL are fetched over verified TLS, and kept", async () => {
  await using scene = await makeScene();
  const origin = await scene.serve(serving(LIMITED, '"1"'));
  assertEquals(await outcome(scene), "limited");
  assertEquals(await outcome(scene), "limited");
  assertEquals(origin.arrived.map(({ path, host }) => [path, host]), [["/r.toml", "policy.test"]]);
  scene.clock.advance(6 * MINUTE);
  assertEquals(await outcome(scene), "limited");
  assertEquals(origin.arrived.map(({ headers }) => headers["if-none-match"]), [undefined, '"1"']);
  await scene.stop();
  scene.clock.advance(4 * MINUTE);
  assertEquals(await outcome(scene), "limited");
  scene.clock.advance(20 * MINUTE);
  assertMatch(await outcome(scene), /^limited,cannot refresh: it refused the connection; those of/);
  scene.clock.advance(7 * MINUTE);
  assertEquals(
    await outcome(scene),
    `${NAME}it refused the connection; those that were kept are too old; nothing runs without them`,
  );
});

/** What a server does wrong, and what is said of it where nothing is kept. */
const WRONG: readonly (readonly [string, TlsOriginOptions["answer"], RegExp])[] = [
  [
    "sends less than it says",
    (_, response) => {
      response.setHeader("Content-Length", String(LIMITED.length + 100));
      response.write(LIMITED, () => response.stream?.close() ?? response.socket?.destroy());
    },
    /: Cannot read .*; nothing runs without them$/,
  ],
  [
    "says that it sends less than it does",
    (_, response) => {
      response.setHeader("Content-Length", String(LIMITED.length - 3));
      response.end(LIMITED);
    },
    /:2:8: not TOML: /,
  ],
  [
    "leads elsewhere",
    (_, response) => {
      response.writeHead(302, { location: "https://other.test/r.toml" });
      response.end();
    },
    /: it leads to https:\/\/other\.test\/r\.toml, which is not followed: /,
  ],
  [
    "shows a page",
    (_, response) => {
      response.setHeader("Content-Type", "text/html");
      response.end("<!doctype html><title>Sign in</title>");
    },
    /: it answered with a web page and not with TOML; it may want somebody to log in; /,
  ],
  [
    "sends two megabytes",
    (_, response) => void response.end("#".repeat(2 * 1024 * 1024)),
    /: its answer is longer than 1048576 bytes; /,
  ],
  [
    "sends what is no text",
    (_, response) => void response.end(new Uint8Array([0x23, 0xff])),
    /: its answer is not UTF-8 text; /,
  ],
  [
    "says 304 to whoever has nothing",
    (_, response) => {
      response.writeHead(304);
      response.end();
    },
    /: it answered 304; /,
  ],
];

for (const [what, answer, expected] of WRONG) {
  Deno.test(`nothing runs by a server of requirements that ${what}`, async () => {
    await using scene = await makeScene();
    await scene.serve(answer);
    assertMatch(await outcome(scene), expected);
    await Deno.stat(cacheFile(scene.scratch.home, os)).then(
      () => assert(false, "something is kept"),
      (error) => assert(error instanceof Deno.errors.NotFound),
    );
  });
}

/** Ways never to come to an end. */
const ENDLESS: readonly (readonly [string, TlsOriginOptions["answer"]])[] = [
  ["hangs", () => {}],
  ["drips", (_, response) => {
    response.setHeader("Content-Length", "100");
    response.write("#");
  }],
];

for (const [what, answer] of ENDLESS) {
  Deno.test(`nothing runs by a server of requirements that ${what}`, async () => {
    await using scene = await makeScene();
    const origin = await scene.serve(answer);
    const loading = outcome(scene);
    for (let attempt = 1; attempt <= ATTEMPTS_MAX; attempt++) {
      await until(() => origin.arrived.length === attempt, `there is attempt ${attempt}`);
      scene.clock.advance(ATTEMPT_MS - 1);
      assertEquals(scene.clock.sleeping, 1);
      scene.clock.advance(1);
    }
    assertEquals(
      await loading,
      `${NAME}it has not answered within 15 seconds; nothing runs without them`,
    );
  });
}

Deno.test("nothing runs by requirements of a server that was replaced", async () => {
  await using scene = await makeScene();
  await using elsewhere = await makeScratch();
  const other = await makeAuthority(["DNS:policy.test"], elsewhere);
  const origin = await scene.serve(serving("", '"1"'), other);
  assertEquals(
    await outcome(scene),
    `${NAME}its certificate is not trusted; nothing runs without them`,
  );
  assertEquals([origin.arrived.length, origin.connections], [0, 1]);
});

Deno.test("nothing runs by requirements of a server for another name", async () => {
  await using scene = await makeScene();
  await scene.serve(serving("", '"1"'));
  assertEquals(
    await outcome(scene, scene.remote("https://other.test/r.toml")),
    "https://other.test/r.toml: cannot fetch these requirements: " +
      "its certificate is for another host; nothing runs without them",
  );
});

Deno.test("a server may go back to older requirements, but nobody else may", async () => {
  await using scene = await makeScene();
  const file = cacheFile(scene.scratch.home, os);
  await scene.serve(serving(FULL, '"1"'));
  assertEquals(await outcome(scene), "full");
  const old = await Deno.readFile(file);
  scene.clock.advance(6 * MINUTE);
  await scene.serve(serving(LIMITED, '"2"'));
  assertEquals(await outcome(scene), "limited");
  await Deno.writeFile(file, old);
  await scene.stop();
  assertMatch(
    await outcome(scene),
    /; those that were kept are not used: it is older than the last/,
  );
  await scene.serve(serving(FULL, '"1"'));
  assertEquals(await outcome(scene), "full");
});

Deno.test("requirements are fetched again while Doorward runs, and the last good ones stay", async () => {
  await using scene = await makeScene();
  await scene.serve(serving(FULL, '"1"'));
  const remote = scene.remote();
  assertEquals(await outcome(scene, remote), "full");
  const stop = new AbortController();
  const told: string[] = [];
  let changes = 0;
  const running = remote.keepFresh({
    tell: (line) => told.push(line),
    changed: () => {
      changes += 1;
      return Promise.resolve();
    },
  }, stop.signal);
  await scene.serve(serving(LIMITED, '"2"'));
  await until(() => scene.clock.sleeping === 1, "it waits");
  scene.clock.advance(5 * MINUTE);
  await until(() => changes === 1, "they have changed");
  assertEquals(await outcome(scene, remote), "limited");
  await scene.serve((_, response) => {
    response.writeHead(404);
    response.end();
  });
  await until(() => scene.clock.sleeping === 1, "it waits");
  scene.clock.advance(5 * MINUTE);
  await until(() => told.length === 1, "it is told");
  assertEquals(told, [
    "Cannot refresh the requirements https://policy.test/r.toml: it answered 404; " +
    "the last ones stay in force",
  ]);
  assertEquals([await outcome(scene, remote), changes], ["limited", 1]);
  stop.abort();
  await inTime(running, "the end");
});

import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import type { UnixSockets } from "../../src/net/ports.ts";
import { systemUnixSockets } from "../../src/net/unix_sockets.ts";
import { answering, ok } from "../support/origin.ts";
import { makeScratch } from "../support/scratch.ts";
import { startUnixServer, type UnixServer } from "../support/unix_server.ts";
import { fieldOf, statusOf, type WireMessage } from "../support/wire.ts";
import { makeWorld, type World, type WorldOptions } from "../support/world.ts";

// One socket is allowed; another stands for the one that would hand over the whole machine.

const ignore = Deno.build.os === "windows";

/** A world with both sockets in a folder that the client may write to. */
interface Sockets extends AsyncDisposable {
  readonly world: World;
  readonly folder: string;
  readonly allowed: UnixServer;
  readonly secret: UnixServer;
  /** Asks for a path, with a plain GET. */
  get(path: string): Promise<WireMessage>;
}

async function makeSockets(options: WorldOptions = {}): Promise<Sockets> {
  const scratch = await makeScratch();
  const { folder } = scratch;
  await Deno.mkdir(`${folder}/run`);
  await Deno.mkdir(`${folder}/system`);
  const allowed = startUnixServer(`${folder}/run/allowed.sock`, answering(ok("allowed")));
  const secret = startUnixServer(`${folder}/system/secret.sock`, answering(ok("secret")));
  const policy = { unixSockets: [allowed.path], ...options.policy };
  const world = makeWorld({ ...options, policy });
  return {
    world,
    folder,
    allowed,
    secret,
    get: (path) => world.ask(request(`x-unix-socket: ${path}`)),
    async [Symbol.asyncDispose](): Promise<void> {
      await world[Symbol.asyncDispose]();
      await allowed[Symbol.asyncDispose]();
      await secret[Symbol.asyncDispose]();
      await scratch[Symbol.asyncDispose]();
    },
  };
}

function request(...fields: readonly string[]): string {
  const lines = ["GET /v1/info HTTP/1.1", "Host: docker", ...fields];
  return `${lines.join("\r\n")}\r\n\r\n`;
}

/** Puts a link in place of a file. */
async function replace(path: string, target: string): Promise<void> {
  await Deno.symlink(target, `${path}.new`);
  await Deno.rename(`${path}.new`, path);
}

/** Checks that a request was blocked by the list, and that nobody was spoken to. */
function assertBlocked({ world, secret, allowed }: Sockets, answer: WireMessage): void {
  assertEquals(statusOf(answer), 403);
  assertEquals(fieldOf(answer, "x-proxy-error"), "blocked-by-allowlist");
  assertEquals([secret.received, allowed.received], ["", ""]);
  assertEquals([world.dialled, world.lookups, world.origin.received], [[], [], ""]);
  assertEquals(world.blocked.map(({ reason, port }) => [reason, port]), [["not_allowed", 0]]);
}

Deno.test("unix sockets: the allowed one is reached, and only it", { ignore }, async () => {
  await using made = await makeSockets();
  assertEquals((await made.get(made.allowed.path)).body, "allowed");
  assertStringIncludes(made.allowed.received, "GET /v1/info HTTP/1.1\r\nHost: docker\r\n");
  assert(!/x-unix-socket/i.test(made.allowed.received), made.allowed.received);
  assertEquals([made.world.dialled, made.world.lookups, made.world.blocked], [[], [], []]);
});

Deno.test("unix sockets: another is blocked, recorded and told in full", { ignore }, async () => {
  await using made = await makeSockets();
  const credentials = btoa("codex-net-attempt-42:");
  const answer = await made.world.ask(
    request(`x-unix-socket: ${made.secret.path}`, `Proxy-Authorization: Basic ${credentials}`),
  );
  assertBlocked(made, answer);
  const body = JSON.parse(answer.body);
  assertEquals([body.status, body.host, body.reason], ["blocked", "unix-socket", "not_allowed"]);
  assertStringIncludes(body.next_steps.join(), "allow_unix_sockets");
  const [{ host, protocol, method, attempt_id, decision, source }] = made.world.blocked as [
    World["blocked"][number],
  ];
  assertEquals(
    [host, protocol, method, attempt_id, decision, source],
    [made.secret.path, "http", "GET", "42", "deny", "baseline_policy"],
  );
});

Deno.test("unix sockets: a name that is allowed beside it opens none", { ignore }, async () => {
  await using made = await makeSockets({ policy: { allow: ["docker"] } });
  assertBlocked(made, await made.get(made.secret.path));
});

// What names a socket in a roundabout way: two readers could see two paths.
const ROUNDABOUT: Record<string, (made: Sockets) => string> = {
  "a relative path": () => "run/allowed.sock",
  "a path from the working folder": () => "./run/allowed.sock",
  "two dots to the allowed one": ({ folder }) => `${folder}/system/../run/allowed.sock`,
  "two dots away from the allowed one": ({ allowed }) => `${allowed.path}/../../system/secret.sock`,
  "a dot": ({ folder }) => `${folder}/run/./allowed.sock`,
  "an empty part": ({ folder }) => `${folder}/run//allowed.sock`,
  "two slashes in front": ({ allowed }) => `/${allowed.path}`,
  "a slash behind": ({ allowed }) => `${allowed.path}/`,
  "an abstract name with @": ({ allowed }) => `@${allowed.path}`,
  "an abstract name with a written NUL": ({ allowed }) => `\\0${allowed.path}`,
  "a URL": ({ allowed }) => `unix://${allowed.path}`,
  "an escaped path": ({ allowed }) => allowed.path.replaceAll("/", "%2F"),
  "quotes": ({ allowed }) => `"${allowed.path}"`,
};

for (const [what, pathOf] of Object.entries(ROUNDABOUT)) {
  Deno.test(`unix sockets: ${what} is refused`, { ignore }, async () => {
    await using made = await makeSockets();
    const answer = await made.get(pathOf(made));
    assertEquals(statusOf(answer), 400);
    assertStringIncludes(
      answer.body,
      "Doorward refused this request: Cannot use the x-unix-socket",
    );
    assertEquals([made.allowed.received, made.secret.received], ["", ""]);
    assertEquals([made.world.dialled, made.world.blocked], [[], []]);
  });
}

// What is no path at all, whoever is allowed.
const NO_PATH: Record<string, (made: Sockets) => string> = {
  "twice the same": ({ allowed }) =>
    request(`x-unix-socket: ${allowed.path}`, `X-Unix-Socket: ${allowed.path}`),
  "a second that is empty": ({ allowed }) =>
    request(`x-unix-socket: ${allowed.path}`, "x-unix-socket:"),
  "an empty one": () => request("x-unix-socket:"),
  "a real NUL": ({ allowed }) => request(`x-unix-socket: ${allowed.path}\0`),
  "a tab": ({ allowed }) => request(`x-unix-socket: ${allowed.path}\t.`),
  "what is not ASCII": () => request("x-unix-socket: /run/\u00e9.sock"),
  "one folded into two lines": ({ allowed }) => request(`x-unix-socket: ${allowed.path}\r\n /../x`),
  "a path over 1024 characters": () => request(`x-unix-socket: /${"x".repeat(1024)}`),
};

for (const [what, bytesOf] of Object.entries(NO_PATH)) {
  Deno.test(`unix sockets: a header with ${what} is refused`, { ignore }, async () => {
    await using made = await makeSockets({
      policy: { dangerouslyAllowAllUnixSockets: true },
    });
    assertEquals(statusOf(await made.world.ask(bytesOf(made))), 400);
    assertEquals([made.allowed.received, made.secret.received], ["", ""]);
    assertEquals([made.world.dialled, made.world.blocked], [[], []]);
  });
}

Deno.test("unix sockets: CONNECT with the header opens neither", { ignore }, async () => {
  await using made = await makeSockets();
  const answer = await made.world.ask(
    "CONNECT allowed.test:443 HTTP/1.1\r\nHost: allowed.test:443\r\n" +
      `x-unix-socket: ${made.allowed.path}\r\n\r\n`,
  );
  assertEquals(statusOf(answer), 400);
  assertEquals([made.allowed.received, made.world.dialled], ["", []]);
});

Deno.test("unix sockets: a link in an allowed folder leads nowhere else", { ignore }, async () => {
  await using made = await makeSockets();
  await Deno.symlink(made.secret.path, `${made.folder}/run/link.sock`);
  assertBlocked(made, await made.get(`${made.folder}/run/link.sock`));
});

Deno.test("unix sockets: a link to the allowed one is the allowed one", { ignore }, async () => {
  await using made = await makeSockets();
  await Deno.symlink(`${made.folder}/run`, `${made.folder}/alias`);
  assertEquals((await made.get(`${made.folder}/alias/allowed.sock`)).body, "allowed");
});

Deno.test("unix sockets: an allowed path that became a link is refused", { ignore }, async () => {
  await using made = await makeSockets();
  await replace(made.allowed.path, made.secret.path);
  assertBlocked(made, await made.get(made.allowed.path));
});

Deno.test("unix sockets: an allowed path whose folder became a link is refused", {
  ignore,
}, async () => {
  await using made = await makeSockets();
  const { folder } = made;
  await Deno.rename(`${folder}/run`, `${folder}/run.old`);
  await Deno.symlink(made.secret.path, `${folder}/system/allowed.sock`);
  await Deno.symlink(`${folder}/system`, `${folder}/run`);
  assertBlocked(made, await made.get(made.allowed.path));
  await Deno.remove(`${folder}/run`);
  await Deno.rename(`${folder}/run.old`, `${folder}/run`);
});

/** The real sockets, with something done just before one is connected to, and just after. */
function meddling(
  before: () => Promise<void>,
  after: () => Promise<void> = () => Promise.resolve(),
): UnixSockets {
  const real = systemUnixSockets(Deno.build.os)!;
  return {
    canonical: (path) => real.canonical(path),
    dial: async (path, signal) => {
      await before();
      return await real.dial(path, signal).finally(after);
    },
    exists: (path) => real.exists(path),
  };
}

// The swap is seen once the connection stands; the other server learns of a connection, and of no byte.
Deno.test("unix sockets: a path swapped between the question and the connection is refused", {
  ignore,
}, async () => {
  let swap: () => Promise<void> = () => Promise.resolve();
  await using made = await makeSockets({ unixSockets: meddling(() => swap()) });
  swap = () => replace(made.allowed.path, made.secret.path);
  const answer = await made.get(made.allowed.path);
  assertEquals(made.secret.connections.length, 1);
  assertBlocked(made, answer);
  await (await made.secret.connection()).readEnd();
});

Deno.test("unix sockets: a path that was swapped, and swapped back, is refused all the same", {
  ignore,
}, async () => {
  let [swap, back] = [() => Promise.resolve(), () => Promise.resolve()];
  await using made = await makeSockets({ unixSockets: meddling(() => swap(), () => back()) });
  const { path } = made.allowed;
  swap = async () => {
    await Deno.rename(path, `${path}.aside`);
    await Deno.symlink(made.secret.path, path);
  };
  back = () => Deno.rename(`${path}.aside`, path);
  const answer = await made.get(path);
  assertEquals(made.secret.connections.length, 1);
  assertBlocked(made, answer);
  await (await made.secret.connection()).readEnd();
});

Deno.test("unix sockets: neither a folder, a file nor an absence is a server", {
  ignore,
}, async () => {
  await using made = await makeSockets({ policy: { dangerouslyAllowAllUnixSockets: true } });
  const { folder } = made;
  await Deno.writeTextFile(`${folder}/file`, "not a socket");
  await Deno.symlink("loop", `${folder}/loop`);
  const paths = [folder, `${folder}/file`, `${folder}/absent`, `${folder}/loop`];
  for (const path of [...paths, `${folder}/${"x".repeat(108)}`, "/dev/null"]) {
    const answer = await made.get(path);
    assertEquals(statusOf(answer), 502, path);
    assertEquals(JSON.parse(answer.body).status, "error");
  }
  assertEquals(made.world.blocked, []);
});

Deno.test("unix sockets: the switch for all opens every absolute path", { ignore }, async () => {
  await using made = await makeSockets({ policy: { dangerouslyAllowAllUnixSockets: true } });
  assertEquals((await made.get(made.secret.path)).body, "secret");
  assertEquals(statusOf(await made.get("relative.sock")), 400);
});

Deno.test("unix sockets: a disabled proxy reaches none, and looks at no path", {
  ignore,
}, async () => {
  await using made = await makeSockets({
    policy: { enabled: false, dangerouslyAllowAllUnixSockets: true },
    unixSockets: meddling(() => Promise.reject(new Error("dialled"))),
  });
  for (const path of [made.secret.path, "relative"]) {
    const answer = await made.get(path);
    assertEquals(statusOf(answer), 503);
    assertEquals(JSON.parse(answer.body).reason, "proxy_disabled");
  }
  assertEquals(made.world.blocked.map(({ host }) => host), [made.secret.path, "relative"]);
});

Deno.test("unix sockets: limited mode only reads there too", { ignore }, async () => {
  await using made = await makeSockets({ policy: { mode: "limited" } });
  const field = `x-unix-socket: ${made.allowed.path}`;
  const writes = [
    request(field).replace("GET", "POST"),
    request(field).replace("GET", "DELETE"),
    `${request(field, "Content-Length: 2")}hi`,
    request(field, "Connection: Upgrade", "Upgrade: tcp"),
    request(field, "X-HTTP-Method-Override: POST"),
  ];
  for (const bytes of writes) {
    const answer = await made.world.ask(bytes);
    assertEquals(statusOf(answer), 403);
    assertEquals(fieldOf(answer, "x-proxy-error"), "blocked-by-method-policy");
  }
  assertEquals(made.allowed.connections.length, 0);
  assertEquals((await made.get(made.allowed.path)).body, "allowed");
  assert(
    made.world.blocked.every(({ mode, source }) => mode === "limited" && source === "mode_guard"),
  );
});

Deno.test("unix sockets: a system without them says so", async () => {
  await using world = makeWorld({
    policy: { dangerouslyAllowAllUnixSockets: true },
    unixSockets: null,
  });
  const answer = await world.ask(request("x-unix-socket: /run/a.sock"));
  assertEquals(statusOf(answer), 501);
  assertEquals([world.dialled, world.blocked], [[], []]);
});

Deno.test("unix sockets: each request of a connection is asked about by itself", {
  ignore,
}, async () => {
  await using made = await makeSockets();
  await using client = await made.world.client();
  const allowed = request(`x-unix-socket: ${made.allowed.path}`);
  const secret = request(`x-unix-socket: ${made.secret.path}`);
  await client.send(allowed + secret + allowed);
  const statuses: number[] = [];
  for (let index = 0; index < 3; index++) statuses.push(statusOf(await client.readMessage()));
  assertEquals(statuses, [200, 403, 200]);
  made.world.setPolicy({});
  await client.send(allowed);
  assertEquals(statusOf(await client.readMessage()), 403);
  assertEquals(made.secret.connections.length, 0);
});

Deno.test("unix sockets: a header that comes as a trailer names none", { ignore }, async () => {
  await using made = await makeSockets();
  await made.world.ask(
    "POST http://allowed.test/ HTTP/1.1\r\nHost: allowed.test\r\nTransfer-Encoding: chunked\r\n" +
      `Trailer: x-unix-socket\r\n\r\n0\r\nx-unix-socket: ${made.secret.path}\r\n\r\n`,
  );
  assertEquals(made.secret.connections.length, 0);
  assert(!made.world.origin.received.includes(made.secret.path));
});

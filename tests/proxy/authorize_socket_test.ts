import { assertEquals, assertObjectMatch, assertRejects } from "@std/assert";
import { ConnectError, ProtocolError } from "../../src/net/errors.ts";
import type { UnixSockets } from "../../src/net/ports.ts";
import type { PolicyDocument, Step } from "../../src/policy/policy.ts";
import { authorizeSocket, type SocketGrant } from "../../src/proxy/authorize_socket.ts";
import type { Deny } from "../../src/policy/decision.ts";
import { never } from "../support/door.ts";
import { faultOf } from "../support/fault.ts";
import { policyOf, socketAt } from "../support/policy.ts";

const CALM = new AbortController().signal;
const LISTED: Partial<PolicyDocument> = { unixSockets: ["/run/a.sock"] };
const ALL: Partial<PolicyDocument> = { dangerouslyAllowAllUnixSockets: true };

/** Sockets whose paths lead where the table says, and elsewhere to themselves; none is ever dialled. */
function leading(table: Readonly<Record<string, string>>): UnixSockets & { asked: string[] } {
  const asked: string[] = [];
  return {
    asked,
    canonical: (path) => {
      asked.push(path);
      return Promise.resolve(table[path] ?? path);
    },
    dial: () => Promise.reject(new Error("This test dials nothing")),
    exists: () => Promise.resolve(true),
  };
}

function authorize(
  path: string,
  switches: Partial<PolicyDocument>,
  sockets: UnixSockets = leading({}),
): Promise<SocketGrant | Deny> {
  return authorizeSocket(socketAt(path), policyOf({}, switches), sockets, CALM);
}

Deno.test("authorizeSocket() grants the place that a path leads to", async () => {
  const sockets = leading({ "/home/link": "/run/a.sock" });
  for (const path of ["/run/a.sock", "/home/link"]) {
    const grant = await authorize(path, LISTED, sockets);
    assertObjectMatch(grant, { verdict: "allow", path: "/run/a.sock", request: { path } });
  }
});

Deno.test("authorizeSocket() refuses an allowed path that leads elsewhere", async () => {
  const sockets = leading({ "/run/a.sock": "/run/docker.sock" });
  const refused = await authorize("/run/a.sock", LISTED, sockets);
  assertObjectMatch(refused, { verdict: "deny", reason: "not_allowed" });
});

Deno.test("authorizeSocket() refuses a path that cannot be resolved", async () => {
  const sockets = { ...leading({}), canonical: () => Promise.reject(new Error("ELOOP")) };
  assertObjectMatch(await authorize("/run/a.sock", LISTED, sockets), { reason: "not_allowed" });
  const error = await assertRejects(() => authorize("/run/a.sock", ALL, sockets), ConnectError);
  assertEquals(error.code, "connection_failed");
});

Deno.test("authorizeSocket() asks the whole question, not only that of the path", async () => {
  const disabled = await authorize("/run/a.sock", { ...LISTED, enabled: false });
  assertObjectMatch(disabled, { reason: "proxy_disabled" });
  const posted = await authorizeSocket(
    socketAt("/run/a.sock", { method: "POST" }),
    policyOf({}, { ...LISTED, mode: "limited" }),
    leading({}),
    CALM,
  );
  assertObjectMatch(posted, { reason: "method_not_allowed" });
});

Deno.test("authorizeSocket() tells each step once, that of the path before those that need it", async () => {
  const asked: string[] = [];
  const sockets = leading({ "/home/link": "/run/a.sock" });
  const note = ({ question, answer }: Step) => asked.push(`${question}: ${answer}`);
  await authorizeSocket(socketAt("/home/link"), policyOf({}, LISTED), sockets, CALM, note);
  assertEquals(asked.map((step) => step.split(":")[0]), ["proxy", "mode", "path", "unix sockets"]);
  assertEquals(asked[2], "path: leads to /run/a.sock");
});

Deno.test("authorizeSocket() grants nothing where there are no unix sockets", async () => {
  const asking = () => authorizeSocket(socketAt("/run/a.sock"), policyOf({}, ALL), null, CALM);
  assertEquals(await faultOf(asking), "client unsupported");
  const denied = await authorizeSocket(
    socketAt("/run/a.sock"),
    policyOf({}, { ...ALL, enabled: false }),
    null,
    CALM,
  );
  assertObjectMatch(denied, { reason: "proxy_disabled" });
});

// No policy lets these through, and nothing looks at the file system for them.
const FAULTS: Record<string, string> = {
  "relative.sock": "the path is not absolute",
  "./a.sock": "the path is not absolute",
  "~/a.sock": "the path is not absolute",
  "C:\\a.sock": "the path is not absolute",
  "unix:///run/a.sock": "the path is not absolute",
  "@abstract": "abstract names cannot be reached, only paths",
  "\\0abstract": "abstract names cannot be reached, only paths",
  "\0abstract": "abstract names cannot be reached, only paths",
  "/run/a.sock\0/x": "the path holds a NUL",
  "/run/../run/a.sock": "a part of the path is empty, or a dot or two",
  "/run/a.sock/..": "a part of the path is empty, or a dot or two",
  "/..": "a part of the path is empty, or a dot or two",
  "/run/./a.sock": "a part of the path is empty, or a dot or two",
  "/run//a.sock": "a part of the path is empty, or a dot or two",
  "//run/a.sock": "a part of the path is empty, or a dot or two",
  "/run/a.sock/": "a part of the path is empty, or a dot or two",
  "/": "a part of the path is empty, or a dot or two",
};

for (const [path, why] of Object.entries(FAULTS)) {
  Deno.test(`authorizeSocket() takes ${JSON.stringify(path)} for a fault`, async () => {
    for (const switches of [LISTED, ALL, { unixSockets: [path] }]) {
      const sockets = leading({ [path]: "/run/a.sock" });
      const error = await assertRejects(() => authorize(path, switches, sockets), ProtocolError);
      assertEquals([error.peer, error.code], ["client", "bad_header"]);
      assertEquals(error.message, `Cannot use the x-unix-socket header: ${why}`);
      assertEquals(sockets.asked, []);
    }
  });
}

Deno.test("authorizeSocket() lets dots, at signs and blanks stand in names", async () => {
  const paths = ["/run/..a", "/run/...", "/run/a@b", "/@run/a", "/run/my socket", "/run/.a/b."];
  for (const path of paths) assertObjectMatch(await authorize(path, ALL), { path });
});

Deno.test("authorizeSocket() ends with its signal", async () => {
  const leaving = new AbortController();
  const sockets = { ...leading({}), canonical: () => never<string>(CALM) };
  const waiting = authorizeSocket(
    socketAt("/run/a.sock"),
    policyOf({}, ALL),
    sockets,
    leaving.signal,
  );
  leaving.abort(new DOMException("gone", "AbortError"));
  assertEquals((await assertRejects(() => waiting) as Error).name, "AbortError");
});

import { assertEquals, assertObjectMatch, assertRejects } from "@std/assert";
import { ConnectError, ProtocolError } from "../../src/net/errors.ts";
import type { UnixSockets } from "../../src/net/ports.ts";
import type { ByteStream } from "../../src/net/stream/stream.ts";
import type { PolicyDocument } from "../../src/policy/policy.ts";
import type { Refused } from "../../src/proxy/authorize.ts";
import type { SocketGrant } from "../../src/proxy/authorize_socket.ts";
import { asker } from "../support/asker.ts";
import { type DoorOptions, makeDoor, never, type TestDoor } from "../support/door.ts";
import { turn } from "../support/in_time.ts";
import { streamPair } from "../support/memory_stream.ts";
import { policyOf, socketAt } from "../support/policy.ts";

const CALM = new AbortController().signal;
const PATH = "/run/a.sock";

/** Sockets that do what the test says, and nothing else. */
function sockets(parts: Partial<UnixSockets> = {}): UnixSockets {
  return {
    canonical: (path) => Promise.resolve(path),
    dial: () => Promise.resolve({ stream: streamPair()[0], bound: null }),
    exists: () => Promise.resolve(true),
    ...parts,
  };
}

function door(switches: Partial<PolicyDocument>, options: DoorOptions = {}): TestDoor {
  return makeDoor({ policy: policyOf({}, switches), ...options });
}

function open(made: TestDoor, method = "GET", path = PATH): Promise<ByteStream | Refused> {
  return made.door.sockets.open(socketAt(path, { method }), asker(), CALM, () => {});
}

Deno.test("open() connects to what policy allows", async () => {
  const [ours] = streamPair();
  await using made = door({ unixSockets: [PATH] }, {
    unixSockets: sockets({ dial: () => Promise.resolve({ stream: ours, bound: PATH }) }),
  });
  assertEquals(await open(made), ours);
});

Deno.test("open() asks the policy in force, not that of the start", async () => {
  await using made = door({ unixSockets: [PATH] }, { unixSockets: sockets() });
  made.cell.replace(policyOf({}));
  assertObjectMatch(await open(made), { reason: "not_allowed" });
});

// The order of the answers: what stands first is said, whatever else is wrong.
Deno.test("open() says first what is wrong first", async () => {
  const nobody: UnixSockets = {
    canonical: () => Promise.reject(new Error("This path is nobody's to look at")),
    dial: () => Promise.reject(new Error("This socket is nobody's to dial")),
    exists: () => Promise.resolve(true),
  };
  const limited = { mode: "limited", unixSockets: [PATH] } as const;
  await using disabled = door({ ...limited, enabled: false });
  assertObjectMatch(await open(disabled, "POST", "bad"), { reason: "proxy_disabled" });
  await using guarded = door(limited);
  assertObjectMatch(await open(guarded, "POST", "bad"), { reason: "method_not_allowed" });
  await using resolving = door(limited, { unixSockets: nobody });
  assertObjectMatch(await open(resolving, "POST"), { reason: "method_not_allowed" });
  const unsupported = await assertRejects(() => open(guarded, "GET", "bad"), ProtocolError);
  assertEquals(unsupported.code, "unsupported");
  const faulty = await assertRejects(() => open(resolving, "GET", "bad"), ProtocolError);
  assertEquals(faulty.code, "bad_header");
});

Deno.test("open() gives up what takes too long, at every step", async () => {
  const steps: Partial<UnixSockets>[] = [
    { canonical: () => never(CALM) },
    { dial: (_, signal) => never(signal) },
  ];
  for (const step of steps) {
    await using made = door({ unixSockets: [PATH] }, {
      unixSockets: sockets(step),
      limits: { connectMs: 1000 },
    });
    const opening = assertRejects(() => open(made), ConnectError);
    await turn();
    made.clock.advance(1500);
    assertEquals((await opening).code, "connection_timeout");
    assertEquals(made.reached, ["connectMs"]);
  }
});

Deno.test("open() tells of the grant before it connects, and of no block", async () => {
  const told: string[] = [];
  await using made = door({ unixSockets: [PATH] }, {
    unixSockets: sockets({
      dial: () => {
        told.push("dialled");
        return Promise.resolve({ stream: streamPair()[0], bound: PATH });
      },
    }),
  });
  const granted = ({ path }: SocketGrant) => told.push(`granted ${path}`);
  await made.door.sockets.open(socketAt(PATH), asker(), CALM, granted);
  await made.door.sockets.open(socketAt("/run/other.sock"), asker(), CALM, granted);
  assertEquals(told, [`granted ${PATH}`, "dialled"]);
  assertEquals(made.allowed.map(({ request }) => request), [socketAt(PATH)]);
});

Deno.test("open() refuses what a policy forbids that came while the path was followed", async () => {
  const following = Promise.withResolvers<string>();
  await using made = door({ unixSockets: [PATH] }, {
    unixSockets: sockets({
      canonical: () => following.promise,
      dial: () => Promise.reject(new Error("This socket is nobody's to dial")),
    }),
  });
  const opening = open(made);
  await turn();
  const next = policyOf({});
  made.cell.replace(next);
  following.resolve(PATH);
  const refused = await opening;
  assertObjectMatch(refused, { verdict: "deny", reason: "not_allowed" });
  assertEquals([(refused as Refused).policy === next, made.allowed], [true, []]);
});

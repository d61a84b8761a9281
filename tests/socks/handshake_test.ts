import { assertEquals, assertMatch, assertRejects } from "@std/assert";
import { BufferedReader } from "../../src/net/stream/buffered_reader.ts";
import { latin1 } from "../../src/net/stream/latin1.ts";
import { type Handshake, readHandshake, type SocksRequest } from "../../src/socks/handshake.ts";
import { faultOf } from "../support/fault.ts";
import { ip } from "../support/policy.ts";
import { cuts, type Piece, ScriptedStream } from "../support/scripted_stream.ts";
import { printed, wire } from "./wire_format.ts";

interface Held {
  readonly handshake: Handshake | null;
  /** What the server sent, as hexadecimal. */
  readonly sent: string;
  /** What is left for whoever comes after, a character a byte. */
  readonly left: string;
  /** What was buffered when `began` was called; null if it was not. */
  readonly began: string | null;
}

async function hold(...pieces: readonly Piece[]): Promise<Held> {
  const stream = new ScriptedStream(...pieces);
  const reader = new BufferedReader(stream);
  let began: string | null = null;
  const handshake = await readHandshake(reader, stream, () => {
    assertEquals(began, null, "begins once");
    began = latin1(reader.buffered);
  });
  while (await reader.fill());
  return { handshake, sent: printed(stream.written), left: latin1(reader.buffered), began };
}

const GREETING = "05 01 00";
const WITH_PASSWORD = "05 02 00 02";
const CREDENTIALS = '01 04 "user" 06 "secret"';
const CONNECT = '05 01 00 03 06 "a.test" 01 bb';
const TO_A: SocksRequest = {
  command: "connect",
  address: { kind: "domain", text: "a.test" },
  port: 443,
};

Deno.test("readHandshake() reads a request without credentials, however it is cut", async () => {
  for (const pieces of cuts(wire(`${GREETING} ${CONNECT}`))) {
    const { handshake, sent, left } = await hold(...pieces);
    assertEquals(handshake, { kind: "request", request: TO_A, user: null });
    assertEquals([sent, left], ["05 00", ""]);
  }
});

Deno.test("readHandshake() reads a request with credentials, however it is cut", async () => {
  for (const pieces of cuts(wire(`${WITH_PASSWORD} ${CREDENTIALS} ${CONNECT}`))) {
    const { handshake, sent, left } = await hold(...pieces);
    assertEquals(handshake, { kind: "request", request: TO_A, user: "user" });
    assertEquals([sent, left], ["05 02 01 00", ""]);
  }
});

// Clients send on without waiting: what follows the request is for the tunnel.
Deno.test("readHandshake() leaves what follows the request, however it is cut", async () => {
  const payload = "\x16\x03\x01 hello \x05\x01\x00";
  const all = wire(`${WITH_PASSWORD} ${CREDENTIALS} ${CONNECT}`) + payload;
  for (const pieces of cuts(all)) {
    const { handshake, left } = await hold(...pieces);
    assertEquals(handshake?.kind, "request");
    assertEquals(left, payload);
  }
});

Deno.test("readHandshake() reads nothing more once the request is there", async () => {
  const stream = new ScriptedStream(wire(GREETING), wire(CONNECT), "payload");
  const reader = new BufferedReader(stream);
  await readHandshake(reader, stream, () => {});
  assertEquals([stream.rooms.length, reader.buffered.length], [2, 0]);
});

Deno.test("readHandshake() answers each message before it reads the next", async () => {
  const stream = new ScriptedStream(wire(WITH_PASSWORD), wire(CREDENTIALS), wire(CONNECT));
  const order: string[] = [];
  const read = stream.read.bind(stream);
  stream.read = (into) => {
    order.push("read");
    return read(into);
  };
  const write = (bytes: Uint8Array) => {
    order.push(printed(bytes));
    return Promise.resolve(bytes.length);
  };
  await readHandshake(new BufferedReader(stream), { write }, () => {});
  assertEquals(order, ["read", "05 02", "read", "01 00", "read"]);
});

Deno.test("readHandshake() writes the whole of an answer, however little is taken at a time", async () => {
  const stream = new ScriptedStream(wire(`${WITH_PASSWORD} ${CREDENTIALS} ${CONNECT}`));
  let sent = "";
  const write = (bytes: Uint8Array) => {
    sent += latin1(bytes.subarray(0, 1));
    return Promise.resolve(1);
  };
  await readHandshake(new BufferedReader(stream), { write }, () => {});
  assertEquals(printed(sent), "05 02 01 00");
});

Deno.test("readHandshake() begins at the first byte, also at one that is there already", async () => {
  assertEquals((await hold("\x05", wire("01 00"), wire(CONNECT))).began, "\x05");
  assertEquals((await hold("G", "ET / HTTP/1.1")).began, "G");

  const stream = new ScriptedStream(wire(GREETING), wire(CONNECT));
  const reader = new BufferedReader(stream);
  await reader.fill();
  let reads = -1;
  const handshake = await readHandshake(reader, stream, () => reads = stream.rooms.length);
  assertEquals([handshake?.kind, reads], ["request", 1]);
});

Deno.test("readHandshake() is null when the stream ends before its first byte", async () => {
  assertEquals(await hold(), { handshake: null, sent: "", left: "", began: null });
});

Deno.test("readHandshake() says that the client left amid a message, wherever it did", async () => {
  const all = wire(`${WITH_PASSWORD} ${CREDENTIALS} ${CONNECT}`);
  for (let end = 1; end < all.length; end++) {
    assertEquals(await faultOf(() => hold(all.slice(0, end))), "client cut_short", `after ${end}`);
  }
});

Deno.test("readHandshake() rejects as the stream does", async () => {
  const reset = new Deno.errors.ConnectionReset();
  for (const pieces of [[], [wire(GREETING)], [wire(WITH_PASSWORD)], [wire(GREETING), "\x05"]]) {
    await assertRejects(() => hold(...pieces, reset), Deno.errors.ConnectionReset);
  }
  const stream = new ScriptedStream(wire(GREETING));
  stream.broken = new Deno.errors.BrokenPipe();
  await assertRejects(
    () => readHandshake(new BufferedReader(stream), stream, () => {}),
    Deno.errors.BrokenPipe,
  );
});

/** What a greeting is answered, and the user that a request after it has. */
const METHODS: readonly (readonly [greeting: string, selected: string])[] = [
  ["05 01 00", "05 00"],
  ["05 02 00 01", "05 00"],
  ["05 02 01 00", "05 00"],
  ["05 03 80 fe 00", "05 00"],
  ["05 01 02", "05 02"],
  ["05 02 00 02", "05 02"],
  ["05 02 02 00", "05 02"],
  ["05 03 00 01 02", "05 02"],
];

for (const [greeting, selected] of METHODS) {
  Deno.test(`readHandshake() selects ${selected} for ${greeting}`, async () => {
    const wantsPassword = selected === "05 02";
    const conversation = `${greeting} ${wantsPassword ? CREDENTIALS : ""} ${CONNECT}`;
    const { handshake, sent } = await hold(wire(conversation));
    assertEquals(sent, wantsPassword ? "05 02 01 00" : selected);
    const user = wantsPassword ? "user" : null;
    assertEquals(handshake, { kind: "request", request: TO_A, user });
  });
}

// The user name is a label for records: nobody is let in, or kept out, by it.
Deno.test("readHandshake() takes any credentials, also empty ones", async () => {
  const users: readonly (readonly [credentials: string, user: string])[] = [
    ["01 00 00", ""],
    ['01 00 01 "p"', ""],
    ['01 04 "user" 00', "user"],
    ['01 15 "codex-net-attempt-abc" 00', "codex-net-attempt-abc"],
    ["01 04 00 0a 80 ff 00", "\0\n\x80\xff"],
    [`01 ff "${"u".repeat(255)}" ff "${"p".repeat(255)}"`, "u".repeat(255)],
  ];
  for (const [credentials, user] of users) {
    const { handshake, sent } = await hold(wire(`05 01 02 ${credentials} ${CONNECT}`));
    assertEquals(handshake, { kind: "request", request: TO_A, user });
    assertEquals(sent, "05 02 01 00");
  }
});

Deno.test("readHandshake() reads UDP ASSOCIATE, and where the client will send from", async () => {
  const { handshake } = await hold(wire(`${GREETING} 05 03 00 01 7f 00 00 01 c3 50`));
  const address = { kind: "ip", ip: ip("127.0.0.1") } as const;
  const request = { command: "udp_associate", address, port: 50_000 } as const;
  assertEquals(handshake, { kind: "request", request, user: null });
});

/** A client that is refused. */
interface Refused {
  readonly what: string;
  /** Its bytes, up to the one that shows what is wrong. */
  readonly bytes: string;
  /** What it was answered before. */
  readonly sent: string;
  readonly answer: string;
  readonly why: RegExp;
}

const FAILURE = "00 01 00 00 00 00 00 00";
const ALL_BUT_TWO = Array.from({ length: 255 }, (_, method) => method === 2 ? 1 : method || 1);

/** What is wrong, and what RFC 1928 and RFC 1929 say of each. */
const REFUSED: readonly Refused[] = [
  {
    what: "SOCKS4",
    bytes: "04",
    sent: "",
    answer: "00 5b 00 00 00 00 00 00",
    why: /SOCKS5 is needed/,
  },
  { what: "TLS", bytes: "16", sent: "", answer: "", why: /TLS/ },
  { what: "version 6", bytes: "06", sent: "", answer: "", why: /first byte is 6/ },
  { what: "version 0", bytes: "00", sent: "", answer: "", why: /first byte is 0/ },
  { what: "no method", bytes: "05 00", sent: "", answer: "05 ff", why: /offers neither/ },
  { what: "GSSAPI only", bytes: "05 01 01", sent: "", answer: "05 ff", why: /offers neither/ },
  { what: "method 255", bytes: "05 01 ff", sent: "", answer: "05 ff", why: /offers neither/ },
  {
    what: "255 methods without the two",
    bytes: `05 ff ${printed(new Uint8Array(ALL_BUT_TWO))}`,
    sent: "",
    answer: "05 ff",
    why: /offers neither/,
  },
  {
    what: "credentials of another version",
    bytes: "05 01 02 02",
    sent: "05 02",
    answer: "01 01",
    why: /the password has version 2/,
  },
  {
    what: "a request in place of credentials",
    bytes: "05 02 00 02 05",
    sent: "05 02",
    answer: "01 01",
    why: /the password has version 5/,
  },
  {
    what: "a request of another version",
    bytes: "05 01 00 04",
    sent: "05 00",
    answer: `05 01 ${FAILURE}`,
    why: /the request has version 4/,
  },
  {
    what: "credentials that nobody asked for",
    bytes: "05 01 00 01",
    sent: "05 00",
    answer: `05 01 ${FAILURE}`,
    why: /the request has version 1/,
  },
  {
    what: "BIND",
    bytes: "05 01 00 05 02",
    sent: "05 00",
    answer: `05 07 ${FAILURE}`,
    why: /BIND is not supported/,
  },
  {
    what: "command 0",
    bytes: "05 01 00 05 00",
    sent: "05 00",
    answer: `05 07 ${FAILURE}`,
    why: /command 0 /,
  },
  {
    what: "an unknown command",
    bytes: "05 01 00 05 f0",
    sent: "05 00",
    answer: `05 07 ${FAILURE}`,
    why: /command 240 /,
  },
  {
    what: "a reserved byte",
    bytes: "05 01 00 05 01 01",
    sent: "05 00",
    answer: `05 01 ${FAILURE}`,
    why: /the reserved byte is 1/,
  },
  {
    what: "an unknown address type",
    bytes: "05 01 00 05 01 00 05",
    sent: "05 00",
    answer: `05 08 ${FAILURE}`,
    why: /the address type is 5/,
  },
  {
    what: "an empty name",
    bytes: "05 01 00 05 01 00 03 00",
    sent: "05 00",
    answer: `05 01 ${FAILURE}`,
    why: /the host is empty/,
  },
  {
    what: "a fault after credentials",
    bytes: "05 01 02 01 00 00 05 09",
    sent: "05 02 01 00",
    answer: `05 07 ${FAILURE}`,
    why: /command 9 /,
  },
];

for (const { what, bytes, sent, answer, why } of REFUSED) {
  Deno.test(`readHandshake() refuses ${what}, however it is cut`, async () => {
    for (const pieces of cuts(wire(bytes))) {
      // Nothing may be read behind the byte that shows it: a client that waits there would hang.
      const never = new Error("Read on");
      const stream = new ScriptedStream(...pieces, never);
      const handshake = await readHandshake(new BufferedReader(stream), stream, () => {});
      if (handshake?.kind !== "refused") throw new Error(`Served ${bytes}`);
      assertEquals(printed(handshake.answer), answer);
      assertEquals(printed(stream.written), sent);
      assertMatch(handshake.why, why);
      assertMatch(handshake.why, /^[ -~]+[^.]$/);
    }
    const behind = await hold(wire(`${bytes} 00 "more" ff`));
    assertEquals(behind.handshake?.kind, "refused");
    assertEquals(behind.sent, sent);
  });
}

Deno.test("readHandshake() tells a client of HTTP that it is wrong here, at its first byte", async () => {
  for (const method of ["CONNECT", "GET", "post", "OPTIONS"]) {
    const { handshake, sent } = await hold(`${method} http://a.test/ HTTP/1.1\r\n\r\n`);
    if (handshake?.kind !== "refused") throw new Error(`Served ${method}`);
    assertMatch(latin1(handshake.answer), /^HTTP\/1\.1 400 Bad Request\r\n/);
    assertEquals(sent, "");
  }
});

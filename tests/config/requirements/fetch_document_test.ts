import { assertEquals, assertRejects } from "@std/assert";
import {
  ATTEMPTS_MAX,
  fetchDocument,
  type Fetched,
  type GetDocument,
  type Reply,
} from "../../../src/config/requirements/fetch_document.ts";
import { ConnectError, ProtocolError } from "../../../src/net/errors.ts";
import { FakeClock } from "../../support/fake_clock.ts";
import { inTime, rejection, turn } from "../../support/in_time.ts";

const URL_ = new URL("https://policy.test/r.toml");
const NEVER = new AbortController().signal;

const OK: Reply = {
  status: 200,
  etag: '"1"',
  contentType: "text/plain",
  location: null,
  isDelimited: true,
  bytes: new TextEncoder().encode("# ä\n"),
};

/** A server that answers with these in turn, the last one for ever; errors are thrown. */
function server(...answers: readonly (Partial<Reply> | Error)[]) {
  const asked: (string | null)[] = [];
  const get: GetDocument = (_, etag) => {
    const answer = answers[Math.min(asked.length, answers.length - 1)]!;
    asked.push(etag);
    return answer instanceof Error ? Promise.reject(answer) : Promise.resolve({ ...OK, ...answer });
  };
  return { asked, get };
}

/** Fetches, and lets time pass until something came of it. */
async function fetched(
  get: GetDocument,
  etag: string | null = null,
  attemptsMax = ATTEMPTS_MAX,
): Promise<{ readonly fetched: Fetched; readonly seconds: number }> {
  const clock = new FakeClock();
  let over = false;
  const fetching = fetchDocument(URL_, etag, { get, clock }, attemptsMax, NEVER)
    .finally(() => over = true);
  while (!over) {
    await turn();
    if (!over) clock.advance(500);
  }
  return { fetched: await inTime(fetching, "the document"), seconds: clock.monotonic() / 1000 };
}

Deno.test("fetchDocument() fetches a document and its ETag", async () => {
  const { get, asked } = server(OK);
  assertEquals(await fetched(get), {
    fetched: { kind: "text", text: "# ä\n", etag: '"1"' },
    seconds: 0,
  });
  assertEquals(asked, [null]);
});

Deno.test("fetchDocument() takes an empty document", async () => {
  const { get } = server({ bytes: new Uint8Array(0), etag: null });
  assertEquals((await fetched(get)).fetched, { kind: "text", text: "", etag: null });
});

Deno.test("fetchDocument() asks whether the one that is known is still the one", async () => {
  const { get, asked } = server({ status: 304 });
  assertEquals((await fetched(get, '"1"')).fetched, { kind: "unchanged" });
  assertEquals(asked, ['"1"']);
});

for (const etag of ["1", '"a b"', `"${"x".repeat(257)}"`, '"\u00e4"', 'w/"1"']) {
  Deno.test(`fetchDocument() forgets an ETag like ${etag.slice(0, 10)}`, async () => {
    const { get } = server({ etag });
    assertEquals((await fetched(get)).fetched, { kind: "text", text: "# ä\n", etag: null });
  });
}

/** Answers that another attempt does not mend, and what is said of them. */
const LASTING: readonly (readonly [Partial<Reply> | Error, string])[] = [
  [{ status: 304 }, "it answered 304"],
  [{ status: 204 }, "it answered 204"],
  [{ status: 404 }, "it answered 404"],
  [{ status: 401 }, "it answered 401"],
  [
    { status: 302, location: "https://other.test/login?token=secret" },
    "it leads to https://other.test/login?…, which is not followed: give the URL of the document",
  ],
  [
    { status: 308, location: "/r2.toml" },
    "it leads elsewhere, which is not followed: give the URL of the document",
  ],
  [{ bytes: null }, "its answer is longer than 1048576 bytes"],
  [
    { isDelimited: false },
    "its answer has no length: nobody could tell if it was cut short",
  ],
  [{ bytes: new Uint8Array([0xff]) }, "its answer is not UTF-8 text"],
  [
    { contentType: "Text/HTML; charset=utf-8", bytes: new Uint8Array(0) },
    "it answered with a web page and not with TOML; it may want somebody to log in",
  ],
  [
    { contentType: null, bytes: new TextEncoder().encode("\n<!doctype html>") },
    "it answered with a web page and not with TOML; it may want somebody to log in",
  ],
  [
    new ConnectError("certificate_untrusted", "Cannot speak TLS"),
    "its certificate is not trusted",
  ],
  [new ConnectError("certificate_expired", "Cannot speak TLS"), "its certificate has expired"],
  [
    new ConnectError("certificate_mismatch", "Cannot speak TLS"),
    "its certificate is for another host",
  ],
];

for (const [answer, why] of LASTING) {
  Deno.test(`fetchDocument() does not ask again when ${why}`, async () => {
    const { get, asked } = server(answer, OK);
    assertEquals(await fetched(get), { fetched: { kind: "failed", why }, seconds: 0 });
    assertEquals(asked.length, 1);
  });
}

/** Answers after which it is worth to ask again. */
const PASSING: readonly (readonly [Partial<Reply> | Error, string])[] = [
  [{ status: 500 }, "it answered 500"],
  [{ status: 503 }, "it answered 503"],
  [{ status: 429 }, "it answered 429"],
  [{ status: 408 }, "it answered 408"],
  [new ConnectError("connection_refused", "Cannot connect"), "it refused the connection"],
  [new ConnectError("dns_failure", "Cannot resolve"), "its name cannot be resolved"],
  [
    new ConnectError("connection_failed", "Cannot get", { detail: "the connection broke off" }),
    "the connection broke off",
  ],
  [new ProtocolError("upstream", "cut_short", "Cannot read: cut short"), "Cannot read: cut short"],
  [new ProtocolError("upstream", "bad_header", "Cannot read \x1b[1m"), "Cannot read \\u001b[1m"],
];

for (const [answer, why] of PASSING) {
  Deno.test(`fetchDocument() asks five times in all when ${why}`, async () => {
    const { get, asked } = server(answer);
    assertEquals(await fetched(get), { fetched: { kind: "failed", why }, seconds: 15 });
    assertEquals(asked.length, 5);
  });
}

Deno.test("fetchDocument() takes what the last attempt brings, and waits longer each time", async () => {
  const busy = { status: 503 };
  const { get, asked } = server(busy, busy, busy, busy, OK);
  const { fetched: { kind }, seconds } = await fetched(get);
  assertEquals([kind, seconds, asked.length], ["text", 1 + 2 + 4 + 8, 5]);
});

Deno.test("fetchDocument() asks no more often than it is told", async () => {
  const { get, asked } = server({ status: 503 });
  assertEquals((await fetched(get, null, 1)).seconds, 0);
  assertEquals(asked.length, 1);
});

Deno.test("fetchDocument() gives each attempt fifteen seconds", async () => {
  let attempts = 0;
  const get: GetDocument = (_url, _etag, signal) => {
    attempts += 1;
    const { promise, reject } = Promise.withResolvers<never>();
    signal.addEventListener("abort", () => reject(signal.reason));
    return promise;
  };
  assertEquals(await fetched(get, null, 2), {
    fetched: { kind: "failed", why: "it has not answered within 15 seconds" },
    seconds: 15 + 1 + 15,
  });
  assertEquals(attempts, 2);
});

Deno.test("fetchDocument() ends with its signal, while it asks and while it waits", async () => {
  const clock = new FakeClock();
  const stop = new AbortController();
  const { get } = server({ status: 503 });
  const fetching = fetchDocument(URL_, null, { get, clock }, 5, stop.signal);
  await turn();
  stop.abort(new Error("over"));
  assertEquals((await rejection(fetching, "it")) as Error, stop.signal.reason);
  assertEquals(clock.sleeping, 0);
  await assertRejects(
    () => fetchDocument(URL_, null, { get, clock }, 5, stop.signal),
    Error,
    "over",
  );
  assertEquals(clock.sleeping, 0);
});

import { ProtocolError } from "../../../src/net/errors.ts";
import { type Fields, valuesOf } from "../../../src/http/fields.ts";
import { type Framing, requestFraming, responseFraming } from "../../../src/http/framing.ts";
import { expect, expectSame, outcomeOf } from "../expect.ts";
import type { FuzzTarget } from "../target.ts";
import { requestHeadOf, responseHeadOf } from "./heads.ts";
import { HTTP_WORDS } from "./http_words.ts";

const LINES = [
  ...["Content-Length: 5", "Content-Length: 0", "content-length:05", "Content-Length: 5, 5"],
  ...["Content-Length: +5", "Content-Length: -0", "Content-Length: 0x5", "Content-Length: 5 5"],
  ...["Content-Length:", "Content-Length: 999999999999999", "Content-Length: 1e3"],
  ...[
    "Transfer-Encoding: chunked",
    "transfer-encoding:CHUNKED",
    "Transfer-Encoding: gzip, chunked",
  ],
  ...["Transfer-Encoding: identity", "Transfer-Encoding: chunked, chunked", "Transfer-Encoding:"],
  ...["Transfer-Encoding: xchunked", "Transfer-Encoding: chunked;q=1", "X: y", "Connection: close"],
];

/** `requestFraming` and `responseFraming`: where a body ends, or that nobody can say. */
export const FRAMING: FuzzTarget = {
  name: "framing",
  kind: "bytes",
  words: [...LINES, ...HTTP_WORDS, "\n", "HEAD", "TRACE", "CONNECT", "HTTP/1.1 204", "304"],
  any(random) {
    const method = random.pick(["GET", "POST", "CONNECT", "TRACE", "HEAD"]);
    const status = random.pick([200, 200, 204, 304, 100, 101, 404, 999]);
    const minor = random.pick([1, 1, 1, 0]);
    let head = random.pick([`${method} / HTTP/1.${minor}`, `HTTP/1.${minor} ${status} OK`]);
    for (let left = random.below(4); left > 0; left--) head += `\n${random.pick(LINES)}`;
    return head;
  },
  check(input) {
    const request = requestHeadOf(input);
    if (request !== null) checkRequest(outcomeOf(() => requestFraming(request)), request);
    const response = responseHeadOf(input);
    if (response === null) return;
    for (const method of ["GET", "HEAD", "CONNECT"]) {
      const framing = outcomeOf(() => responseFraming(response, method));
      const { status } = response;
      const isBodiless = method === "HEAD" || status < 200 || status === 204 || status === 304 ||
        (method === "CONNECT" && status < 300);
      if (isBodiless) expectSame(framing, { kind: "none" }, "an answer without a body");
      else checkFraming(framing, response, "close");
    }
  },
};

interface Said {
  readonly minor: 0 | 1;
  readonly fields: Fields;
}

function checkRequest(framing: Framing | ProtocolError, head: Said & { method: string }): void {
  if (head.method !== "CONNECT" && head.method !== "TRACE") {
    return checkFraming(framing, head, "none");
  }
  expect(framing instanceof ProtocolError || framing.kind === "none", "it takes no body");
}

/** Once more, the other way round: what must be true of the fields for each answer. */
function checkFraming(
  framing: Framing | ProtocolError,
  said: Said,
  silent: "none" | "close",
): void {
  if (framing instanceof ProtocolError) return expectSame(framing.code, "bad_framing", "the fault");
  const codings = valuesOf(said.fields, "transfer-encoding");
  const lengths = valuesOf(said.fields, "content-length");
  switch (framing.kind) {
    case "chunked":
      expectSame([lengths, said.minor], [[], 1], "chunks in HTTP/1.1, without a length");
      return expectSame(codings.map((each) => each.toLowerCase()), ["chunked"], "one coding");
    case "length":
      expect(Number.isSafeInteger(framing.length) && framing.length >= 0, "a length is a number");
      expectSame(codings, [], "a length, and no coding");
      expectSame(lengths.map((each) => each.replace(/^0+(?=\d)/, "")), [`${framing.length}`], "it");
      return;
    default:
      expectSame([framing.kind, codings, lengths], [silent, [], []], "a head that says nothing");
  }
}

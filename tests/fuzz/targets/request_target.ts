import { formatEndpoint, parseEndpoint } from "../../../src/net/address/endpoint.ts";
import { ProtocolError } from "../../../src/net/errors.ts";
import type { RequestHead } from "../../../src/http/head.ts";
import {
  absoluteForm,
  connectTarget,
  httpTarget,
  parseAbsoluteTarget,
  type Scheme,
} from "../../../src/http/target.ts";
import type { Random } from "../../support/random.ts";
import { expect, expectSame, outcomeOf } from "../expect.ts";
import type { FuzzTarget } from "../target.ts";
import { requestHeadOf } from "./heads.ts";
import { anyHost, HOST_WORDS } from "./host_words.ts";
import { HTTP_WORDS } from "./http_words.ts";
import { expectPrintable, expectSameInUrl } from "./url_reading.ts";

/** As a character a byte. */
const WORDS = [...HOST_WORDS.filter((word) => !/[^\0-\xff]/.test(word)), ...HTTP_WORDS];

/** `httpTarget`, in the clear and inside TLS, and `connectTarget`. */
export const REQUEST_TARGET: FuzzTarget = {
  name: "request_target",
  kind: "bytes",
  words: [...WORDS, "\nHost: ", "http://", "HTTP://", "https://a.test/", "ftp://", "?", "/.."],
  any(random) {
    const host = anyAsciiHost(random);
    const other = random.pick([host, host, host.toUpperCase(), `${host}.`, anyAsciiHost(random)]);
    const port = random.pick(["", "", ":80", ":443", `:${random.below(70_000)}`]);
    const absolute = `${random.pick(["http", "http", "https", "HTTP"])}://${host}${port}`;
    const [method, target] = random.pick([
      ["CONNECT", `${host}${port}`],
      ["GET", `${absolute}/${random.text("abc/?=%.", 8)}`],
      ["GET", absolute],
      ["GET", `/${random.text("abc/?=%.#", 8)}`],
      ["OPTIONS", random.pick(["*", absolute])],
    ]);
    const field = random.below(8) === 0 ? "" : `\nHost: ${other}${random.pick([port, port, ""])}`;
    return `${method} ${target} HTTP/1.${random.pick([1, 1, 0])}${field}`;
  },
  check(input) {
    const head = requestHeadOf(input);
    if (head === null) return;
    checkConnect(head);
    checkHttp(head, "http");
    checkHttp(head, "https");
  },
};

function anyAsciiHost(random: Random): string {
  return anyHost(random).replaceAll(/[^!-~]/g, "");
}

function checkConnect(head: RequestHead): void {
  const target = outcomeOf(() => connectTarget(head));
  if (target instanceof ProtocolError) return expectBlame(target);
  expectPrintable(target.host);
  expectSame(parseEndpoint(formatEndpoint(target), null), target, "a target printed and read");
  // A client that means another one by its Host is refused.
  for (const { key, value } of head.fields) {
    if (key === "host") expectSame(parseEndpoint(value, target.port), target, "Host");
  }
  expectSameInUrl(head.target, target);
}

function checkHttp(head: RequestHead, scheme: Scheme): void {
  const read = outcomeOf(() => httpTarget(head, scheme));
  if (read instanceof ProtocolError) return expectBlame(read);
  const { endpoint, path } = read;
  expectPrintable(endpoint.host);
  expect(path === "*" ? head.method === "OPTIONS" : /^\/[^#\s]*$/.test(path), "a path is one");
  for (const { key, value } of head.fields) {
    if (key === "host") expectSameInUrl(value, endpoint, scheme);
  }
  const absolute = /^[a-z]+:\/\/([^/?]*)(.*)$/is.exec(head.target);
  if (!head.target.startsWith("/") && absolute !== null) {
    expectSameInUrl(absolute[1]!, endpoint, scheme);
    expect(path === "*" || path.endsWith(absolute[2]!), "the path is what follows the authority");
  }
  // What another proxy is asked for is the same.
  const { endpoint: again, path: itsPath } = parseAbsoluteTarget(absoluteForm(read));
  expectSame([again, itsPath], [endpoint, path === "*" ? "/" : path], "as another proxy reads it");
}

function expectBlame({ peer, code }: ProtocolError): void {
  const isOne = ["bad_target", "bad_host", "unsupported"].includes(code);
  expect(peer === "client" && isOne, `${peer} ${code} is no fault of a target`);
}

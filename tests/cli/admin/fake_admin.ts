import { cli } from "../../../src/cli/cli.ts";
import { formatSocketAddress } from "../../../src/net/address/endpoint.ts";
import type { Dialer } from "../../../src/net/ports.ts";
import { latin1 } from "../../../src/net/stream/latin1.ts";
import { streamPair } from "../../support/memory_stream.ts";
import { Wire, type WireMessage } from "../../support/wire.ts";
import { type FakeOptions, type FakeSurroundings, fakeSurroundings } from "../fake_surroundings.ts";

/** What is answered to a request: the bytes of a response, or a conversation that the test holds itself. */
export type Reply = string | ((wire: Wire, request: WireMessage) => Promise<void> | void);

/** An admin API in memory, and the machine that it is asked from. */
export interface FakeAdmin extends AsyncDisposable {
  readonly dial: Dialer;
  readonly here: FakeSurroundings;
  /** `METHOD /path`, with the body behind it where there is one, in order. */
  readonly asked: readonly string[];
  readonly requests: readonly WireMessage[];
  readonly dialled: readonly string[];
  /** Runs a command line there. */
  readonly run: (...words: readonly string[]) => Promise<number>;
}

/** Makes one that answers `METHOD /path` with what stands there; to everything else 404. */
export function fakeAdmin(
  replies: Readonly<Record<string, Reply>>,
  options: FakeOptions = {},
): FakeAdmin {
  const asked: string[] = [];
  const requests: WireMessage[] = [];
  const dialled: string[] = [];
  const served: Promise<void>[] = [];
  const wires: Wire[] = [];
  const serve = async (wire: Wire): Promise<void> => {
    const request = await wire.readMessage();
    requests.push(request);
    const name = request.start.replace(/ HTTP\/1\.1$/, "");
    asked.push(`${name} ${request.body}`.trim());
    const reply = replies[name] ?? refuse(404, "not_found", "There is nothing here.");
    if (typeof reply === "string") {
      await wire.send(reply);
      await wire.closeWrite();
    } else await reply(wire, request);
  };
  const dial: Dialer = (to) => {
    dialled.push(formatSocketAddress(to));
    const [ours, theirs] = streamPair();
    const wire = new Wire(theirs);
    wires.push(wire);
    // A client that hangs up early is what some tests are about.
    served.push(serve(wire).catch(() => {}));
    return Promise.resolve(ours);
  };
  const here = fakeSurroundings({ dial, ...options });
  return {
    dial,
    here,
    asked,
    requests,
    dialled,
    run: (...words) => cli(words, here),
    async [Symbol.asyncDispose]() {
      wires.forEach((wire) => wire.close());
      await Promise.all(served);
      await Promise.all(wires.map((wire) => wire[Symbol.asyncDispose]()));
    },
  };
}

/** A response with JSON in it. */
export function json(value: unknown, status = 200, fields: readonly string[] = []): string {
  const bytes = new TextEncoder().encode(JSON.stringify(value));
  return head(status, [
    "Content-Type: application/json",
    `Content-Length: ${bytes.length}`,
    ...fields,
  ]) + latin1(bytes);
}

/** A response that says no. */
export function refuse(status: number, reason: string, message: string, more = {}): string {
  return json({ status: "error", reason, message, ...more }, status);
}

/** The head of a response of Doorward. */
export function head(status: number, fields: readonly string[]): string {
  const lines = [`HTTP/1.1 ${status} Whatever`, "Server: doorward", ...fields];
  return `${lines.join("\r\n")}\r\n\r\n`;
}

/** The head of a stream of events. */
export const EVENTS = head(200, ["Content-Type: text/event-stream", "Connection: close"]);

/** One event on the wire. */
export function event(type: string, data: unknown): string {
  return `event: ${type}\ndata: ${JSON.stringify(data)}\n\n`;
}

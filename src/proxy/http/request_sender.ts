import { transferBody } from "../../http/body.ts";
import { field, tokensOf } from "../../http/fields.ts";
import { absoluteForm } from "../../http/target.ts";
import { requestHeadBytes, requestHeadOfLines } from "../../http/write_head.ts";
import { ProtocolError } from "../../net/errors.ts";
import type { ByteStream } from "../../net/stream/stream.ts";
import type { ClientConnection } from "../client_connection.ts";
import type { RequestRule } from "../../policy/request_rule.ts";
import { forwardedRequestFields, sentRequestLines, viaLine } from "./forwarding.ts";
import { actedOn, applyActions } from "./header_actions.ts";
import type { LimitName } from "../limits.ts";
import { tooSlow } from "./drop_late.ts";
import type { HttpDoor } from "./http_door.ts";
import type { Message } from "./message.ts";
import type { Exchange } from "./respond.ts";
import type { UpstreamConnection } from "./upstream_connection.ts";

/**
 * How long an answer is still waited for once the client has finished sending. It may have half-closed on
 * purpose; most that do this are gone.
 */
const LEFT_MS = 30_000;

/** How long what follows a limit that has passed may take: to notice, and to say so. */
const GIVEN_UP_MS = 10_000;

/** The rule that let the request through; null for most. */
function ruleFor({ serving }: ClientConnection): RequestRule | null {
  if (serving === null || !("decision" in serving.grant)) return null;
  return serving.grant.decision.request ?? null;
}

/** The names of the fields that a rule asks or decides about, in lower case. */
function ruledNames({ actions, matches }: RequestRule): string[] {
  return [...actedOn(actions), ...matches.headers.map(({ name }) => name)];
}

/** A request on its way to the origin, while its answer may already be coming back. */
export class RequestSender {
  /** Whether all of it has been sent. */
  done = false;
  /** What the client did wrong on the way; the upstream is closed then. */
  fault: ProtocolError | null = null;
  /** Whether the origin took too long, to take the request or to answer it; the upstream is closed then. */
  timedOut = false;
  readonly #client: ClientConnection;
  readonly #upstream: UpstreamConnection;
  readonly #carried: Exchange["carried"];
  #answered = false;
  #writing = false;

  /** Starts at once. */
  constructor({ client, message, door, carried }: Exchange, upstream: UpstreamConnection) {
    this.#client = client;
    this.#upstream = upstream;
    this.#carried = carried;
    const { limits } = door;
    const { hasBody } = message;
    if (hasBody) client.watch.set(limits.bodyIdleMs, () => this.#stalled());
    else client.watch.set(limits.responseMs, () => this.#late("responseMs"));
    this.#send(message, door).then(() => {
      this.done = true;
      if (this.#answered) return;
      if (hasBody) client.watch.set(limits.responseMs, () => this.#late("responseMs"));
      // After a 101 the client's bytes are read by somebody else.
      if (message.upgradesTo.length === 0) client.lookAhead(() => this.#left(limits.responseMs));
    }, (error) => {
      // An origin that stops reading may have answered already: only the client's fault ends it here.
      if (!(error instanceof ProtocolError)) return;
      this.fault ??= error;
      upstream.close();
    });
  }

  /** Tells that the response is there: from now on its limits count. */
  answered(): void {
    this.#answered = true;
    this.#client.lookNoMore();
  }

  #send(message: Message, { limits, via, pool }: HttpDoor): Promise<void> {
    const { head, framing, hasBody } = message;
    const { stream } = this.#upstream;
    const rule = ruleFor(this.#client);
    return transferBody({
      from: this.#client.reader,
      to: hasBody ? this.#noting(stream) : stream,
      peer: "client",
      framing,
      keepChunks: true,
      fieldsMax: limits.headFields,
      // What a rule is about in the header does not come in behind it either.
      nominated: framing.kind === "chunked"
        ? [...tokensOf(head.fields, "connection"), ...(rule === null ? [] : ruledNames(rule))]
        : [],
      prefix: this.#head(message, via, rule),
      pool,
      passed: (bytes) => {
        this.#client.watch.touch();
        this.#carried.up += bytes;
      },
    });
  }

  #head(message: Message, via: string | null, rule: RequestRule | null): Uint8Array<ArrayBuffer> {
    const { head: { method }, target } = message;
    const { plainProxy } = this.#upstream;
    const sent = plainProxy === null && rule === null ? sentRequestLines(message) : null;
    if (sent !== null) {
      return requestHeadOfLines(method, target.path, `${sent}${viaLine(message.head.minor, via)}`);
    }
    const forwarded = forwardedRequestFields(message, via);
    const fields = rule === null ? forwarded : applyActions(forwarded, rule.actions);
    // RFC 9110 section 9.3.8: nothing confidential goes with TRACE, whose answer is what was sent. Some proxies
    // (squid) take a method in lower case for the one in upper case.
    const isTrace = method.toUpperCase() === "TRACE";
    if (plainProxy !== null && plainProxy.authorization !== null && !isTrace) {
      fields.push(field("Proxy-Authorization", plainProxy.authorization));
    }
    return requestHeadBytes(
      method,
      plainProxy === null ? target.path : absoluteForm(target),
      fields,
    );
  }

  /** The stream, with a note of whether it is being written to: a stalled upload is one side's fault. */
  #noting(stream: ByteStream): Pick<ByteStream, "write"> {
    return {
      write: async (bytes) => {
        this.#writing = true;
        const count = await stream.write(bytes);
        this.#writing = false;
        return count;
      },
    };
  }

  #stalled(): void {
    if (this.#writing) return this.#late("bodyIdleMs");
    this.#client.reached("bodyIdleMs");
    this.fault = tooSlow("bodyIdleMs", "the body");
    this.#giveUp();
  }

  /** @param limit which it was; null for a wait of our own */
  #late(limit: LimitName | null): void {
    if (limit !== null) this.#client.reached(limit);
    this.timedOut = true;
    this.#giveUp();
  }

  #left(responseMs: number): void {
    if (this.#answered) return;
    this.#client.watch.set(Math.min(responseMs, LEFT_MS), () => this.#late(null));
  }

  /** Whoever waits for the origin learns of it now; whoever waits for the client, a little later. */
  #giveUp(): void {
    this.#upstream.close();
    this.#client.closeAfter(GIVEN_UP_MS);
  }
}

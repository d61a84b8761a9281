import { bodyOf, type CallPorts, callStraight } from "../../calls/call_straight.ts";
import { type Answer, callOver } from "../../calls/http_call.ts";
import type { OtlpTarget } from "../../config/otel/otel_config.ts";
import { field, valueOf } from "../../http/fields.ts";
import { ConnectError, ProtocolError } from "../../net/errors.ts";
import type { ByteStream } from "../../net/stream/stream.ts";
import { FAULT_WORDS } from "../../proxy/fault_words.ts";
import { parseRetryAfter } from "./retry_delay.ts";

/** What came of an export. `why` is a clause, without anything that the collector or the configuration says. */
export type Outcome =
  /** It arrived. The answer may say that not all of it was taken; null where it cannot be read. */
  | { readonly kind: "taken"; readonly answer: Uint8Array | null }
  /** It may be sent again, and after what time. */
  | { readonly kind: "again"; readonly why: string; readonly afterMs: number | null }
  | { readonly kind: "refused"; readonly why: string };

/** Sends one export. Never rejects. */
export type Export = (body: Uint8Array<ArrayBuffer>, signal: AbortSignal) => Promise<Outcome>;

/** What says that it did not take all says so in a sentence. */
const ANSWER_BYTES_MAX = 64 * 1024;

/** With these a collector wants the same again, says OTLP; all other faults are ours, or for good. */
const AGAIN: readonly number[] = [429, 502, 503, 504];

/** Where exports go, and by what way. */
export interface ExportWay {
  readonly target: Pick<OtlpTarget, "url" | "headers" | "protocol">;
  readonly ports: CallPorts;
  /** What `User-Agent` says. */
  readonly agent: string;
  /** Unix milliseconds. */
  readonly now: () => number;
}

/** Posts exports, straight to the collector, each on a connection of its own. */
export function postExports({ target, ports, agent, now }: ExportWay): Export {
  const { url, headers, protocol } = target;
  const contentType = protocol === "json" ? "application/json" : "application/x-protobuf";
  return async (body, signal) => {
    // Once the collector has said that it took it, whatever else it does changes nothing.
    let isTaken = false;
    const exchange = async (stream: ByteStream): Promise<Outcome> => {
      const answer = await callOver(stream, {
        method: "POST",
        path: `${url.pathname}${url.search}`,
        authority: url.host,
        authorization: null,
        body,
        contentType,
        accept: contentType,
        fields: [field("User-Agent", agent), ...headers],
      });
      const { status } = answer.head;
      isTaken = status >= 200 && status < 300;
      if (isTaken) return { kind: "taken", answer: await bodyOf(answer.body, ANSWER_BYTES_MAX) };
      return refusal(answer, now());
    };
    try {
      return await callStraight({ url, failure: "Cannot export", exchange }, ports, signal);
    } catch (error) {
      if (isTaken) return { kind: "taken", answer: null };
      return { kind: "again", why: wordsOf(error), afterMs: null };
    }
  };
}

function refusal({ head: { status, fields } }: Answer, now: number): Outcome {
  const why = `it answered ${status}`;
  if (!AGAIN.includes(status)) {
    const isElsewhere = status >= 300 && status < 400;
    return {
      kind: "refused",
      why: isElsewhere ? `${why}, and nothing is sent on to elsewhere` : why,
    };
  }
  return { kind: "again", why, afterMs: parseRetryAfter(valueOf(fields, "retry-after"), now) };
}

function wordsOf(error: unknown): string {
  if (error instanceof ConnectError) return error.detail || FAULT_WORDS[error.code];
  if (error instanceof ProtocolError) return "what it answered is no HTTP, or cut short";
  return "it did not answer in time";
}

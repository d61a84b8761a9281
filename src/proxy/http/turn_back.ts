import { field } from "../../http/fields.ts";
import { endsAfterReply, type Message } from "./message.ts";
import { hasPassed, maxForwards } from "./forwarding.ts";
import { plainReply, type ReplyOptions } from "../reply.ts";

/**
 * The answer to a request that ends here for reasons of HTTP, before policy is asked: a loop, a hop count
 * that has run out. Null when it may go on.
 */
export function turnBack(message: Message, via: string | null): Uint8Array<ArrayBuffer> | null {
  const { head } = message;
  const options = { close: endsAfterReply(message), headOnly: head.method === "HEAD" };
  if (via !== null && hasPassed(head.fields, via)) return loopReply(options);
  const hops = maxForwards(head);
  if (hops === null || hops > 0) return null;
  if (Number.isNaN(hops)) {
    const text = "Doorward refused this request: Max-Forwards is not a number.\n";
    return plainReply(400, "Bad Request", text, options);
  }
  // RFC 9110 section 7.6.2: at zero the recipient answers itself. What a TRACE would show is not shown:
  // it could hold credentials.
  return head.method === "OPTIONS"
    ? plainReply(200, "OK", "", options)
    : plainReply(405, "Method Not Allowed", "Doorward does not answer TRACE.\n", options, [
      field("Allow", "OPTIONS"),
    ]);
}

/** The answer to a request that has passed here before. */
export function loopReply(options: ReplyOptions): Uint8Array<ArrayBuffer> {
  const text = "Doorward refused this request: it has passed here before.\n";
  const status = field("Proxy-Status", "doorward; error=proxy_loop_detected");
  return plainReply(508, "Loop Detected", text, options, [status]);
}

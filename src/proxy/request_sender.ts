import { transferBody } from "../http/body.ts";
import { requestHeadBytes } from "../http/write_head.ts";
import { ProtocolError } from "../net/errors.ts";
import type { ClientConnection } from "./client_connection.ts";
import { forwardedRequestFields } from "./forwarding.ts";
import type { HttpDoor } from "./http_door.ts";
import type { Message } from "./message.ts";
import type { UpstreamConnection } from "./upstream_connection.ts";

/** A request on its way to the origin, while its answer may already be coming back. */
export class RequestSender {
  /** Whether all of it has been sent. */
  done = false;
  /** What the client did wrong on the way; the upstream is closed then. */
  fault: ProtocolError | null = null;
  /** Whether the origin took too long to answer; the upstream is closed then. */
  timedOut = false;

  /** Starts at once. */
  constructor(
    client: ClientConnection,
    message: Message,
    door: HttpDoor,
    upstream: UpstreamConnection,
  ) {
    const { limits, via } = door;
    const { head, target, framing } = message;
    const awaitResponse = () =>
      client.watch.set(limits.responseMs, () => {
        this.timedOut = true;
        upstream.close();
      });
    if (message.hasBody) {
      client.watch.set(limits.bodyIdleMs, () => {
        this.fault = new ProtocolError("client", "too_slow", "the body did not arrive in time");
        upstream.close();
      });
    } else {
      awaitResponse();
    }
    transferBody({
      from: client.reader,
      to: upstream.stream,
      peer: "client",
      framing,
      keepChunks: true,
      fieldsMax: limits.headFields,
      prefix: requestHeadBytes(
        head.method,
        target.path,
        forwardedRequestFields(head, target.endpoint, framing, via),
      ),
      pool: door.pool,
      touch: () => client.watch.touch(),
    }).then(() => {
      this.done = true;
      if (message.hasBody && !this.timedOut) awaitResponse();
    }, (error) => {
      // An origin that stops reading may have answered already: only the client's fault ends it here.
      if (!(error instanceof ProtocolError)) return;
      this.fault ??= error;
      upstream.close();
    });
  }
}

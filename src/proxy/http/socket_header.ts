import { type Fields, valuesOf } from "../../http/fields.ts";
import type { Endpoint } from "../../net/address/endpoint.ts";
import { ProtocolError } from "../../net/errors.ts";
import { classifyHost } from "../../policy/local_target.ts";

/** The field by which a client asks for a unix socket in place of the network (the seeds), lower case. */
const SOCKET_FIELD = "x-unix-socket";

/**
 * Paths go into records and replies. macOS takes none that is longer; Linux would, but neither lets the path
 * of a socket itself have more than 108 bytes (unix(7)).
 */
const PATH_LENGTH_MAX = 1024;

/**
 * The path of the unix socket that a request is for; null for one to the network. What the path is worth is
 * for policy to say: here only its characters count.
 *
 * @throws {ProtocolError} code `bad_header` for a field that is doubled, empty, too long or not ASCII
 */
export function socketPath(fields: Fields): string | null {
  const [path, second] = valuesOf(fields, SOCKET_FIELD);
  if (path === undefined) return null;
  if (second !== undefined) throw bad("there is more than one");
  if (path === "") throw bad("it is empty");
  if (path.length > PATH_LENGTH_MAX) throw bad(`it is longer than ${PATH_LENGTH_MAX} characters`);
  if (!/^[\x20-\x7e]+$/.test(path)) throw bad("it holds a character that is not visible ASCII");
  return path;
}

/**
 * Makes sure that no web page asks: a page may set the header itself in a request to its own origin, reads the
 * answer, and can make the name of that origin lead here (DNS rebinding). Browsers say so in fields of their
 * own, but not to every origin; so the host must be this machine, or a name without a dot. Whoever answers for
 * the names of a network can make up one of those too, but a page that it leads here names the port of ours.
 *
 * What remains: a page of a host without a dot, seen in a browser that was told to use Doorward as its proxy.
 *
 * @param ourPort the port of ours that the client reached
 * @throws {ProtocolError} code `bad_header`
 */
export function refusePages(fields: Fields, { host, port }: Endpoint, ourPort: number): void {
  if (fields.some(({ key }) => key === "origin" || key.startsWith("sec-fetch-"))) {
    throw bad("a web page asks");
  }
  if (classifyHost(host) === "loopback") return;
  if (host.kind === "name" && !host.name.includes(".") && port !== ourPort) return;
  throw bad(
    'the host must be "localhost" or a name without a dot, as in http://docker/: pages of others ask',
  );
}

function bad(why: string): ProtocolError {
  return new ProtocolError("client", "bad_header", `Cannot use the x-unix-socket header: ${why}`);
}

// What git sends over HTTP (git's http-protocol page): a fetch asks git-upload-pack, a push git-receive-pack.
import { hasParameter, readParameters } from "./query_parameters.ts";
import type { HttpRequest } from "./request.ts";
import { type AmbiguousPath, decodeText, type RequestPath } from "./request_path.ts";

/** A request of git, told by its shape. */
export interface GitRequest {
  readonly does: "fetch" | "push";
  /** The path of the repository, as it stands in the request. */
  readonly repository: string;
}

const SERVICES = [["fetch", "git-upload-pack"], ["push", "git-receive-pack"]] as const;

const DISCOVERY = "/info/refs";

/** Characters at which some servers end a name, or the path. No repository has one. */
const ENDS_EARLY = /;|%(3B|3F|23)/;

/** What git wants, if it is git that asks. */
export function gitRequest(
  { method, hasBody, upgrades, methodOverride }: HttpRequest,
  { text, query }: RequestPath,
): GitRequest | null {
  if (upgrades || methodOverride !== null || ENDS_EARLY.test(text)) return null;
  for (const [does, service] of SERVICES) {
    const end = method === "POST" ? `/${service}` : DISCOVERY;
    if (!text.endsWith(end) || text.length === end.length) continue;
    const isIt = method === "POST"
      ? query === null
      : method === "GET" && !hasBody && asksFor(service, query);
    if (isIt) return { does, repository: text.slice(0, -end.length) };
  }
  return null;
}

function asksFor(service: string, query: string | null): boolean {
  const wanted = { name: "service", values: [{ kind: "exact", text: service }] } as const;
  return hasParameter(readParameters(query) ?? [], wanted);
}

/** A target that is decoded more often than this is nobody's. */
const DECODED_MAX = 8;

/** Whether some server may take a request for the first of a push. Where that cannot be told it may. */
export function mayBeginPush(target: string, path: RequestPath | AmbiguousPath): boolean {
  const names = decodedThrough(target).toLowerCase();
  if (!names.includes("git-receive-pack")) return false;
  return path.kind === "ambiguous" || path.text.toLowerCase().includes(DISCOVERY);
}

function decodedThrough(target: string): string {
  let text = target;
  for (let times = 0; times < DECODED_MAX; times++) {
    const next = decodeText(text) ?? decodeLetters(text);
    if (next === text) return text;
    text = next;
  }
  return "git-receive-pack";
}

/** As {@linkcode decodeText}, for text with bytes in it that are none. */
function decodeLetters(text: string): string {
  return text.replaceAll(
    /%[2-7][0-9A-Fa-f]/g,
    (triplet) => String.fromCharCode(parseInt(triplet.slice(1), 16)),
  );
}

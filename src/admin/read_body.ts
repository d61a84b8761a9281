import { ApiError } from "./api_error.ts";
import { isFromBrowser } from "./guard.ts";

/** The largest call has a host name of 253 characters. */
export const BODY_BYTES_MAX = 8 * 1024;

/** A JSON object, of which nothing is known. */
export type JsonObject = Readonly<Record<string, unknown>>;

/**
 * Reads the JSON object that a call carries. curl says `application/x-www-form-urlencoded` of whatever it sends, and is
 * believed, since it is no browser: of a browser's form JSON is demanded, for which it would have to ask us first.
 *
 * @throws {ApiError}
 */
export async function readBody(request: Request): Promise<JsonObject> {
  checkType(request);
  const bytes = await readUpTo(request, BODY_BYTES_MAX);
  if (bytes.length === 0) {
    throw new ApiError("missing_body", "Cannot read the call: it has no body");
  }
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch {
    // Where exactly it is not JSON is for whoever wrote it to see.
    throw new ApiError("invalid_json", "Cannot read the call: its body is not JSON");
  }
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw new ApiError("invalid_json", "Cannot read the call: its body is not a JSON object");
  }
  return value as JsonObject;
}

/** Reads and drops the body of a call that needs none; one that is there must be one we would read. */
export async function dropBody(request: Request): Promise<void> {
  if (request.body === null) return;
  const bytes = await readUpTo(request, BODY_BYTES_MAX);
  if (bytes.length > 0) checkType(request);
}

function checkType(request: Request): void {
  const type = (request.headers.get("content-type") ?? "").split(";", 1)[0]!.trim().toLowerCase();
  if (type === "application/json") return;
  const isPlain = type === "" || type === "application/x-www-form-urlencoded";
  if (isPlain && !isFromBrowser(request)) return;
  throw new ApiError("unsupported_media_type", "Cannot read the call: send application/json");
}

async function readUpTo({ body }: Request, max: number): Promise<Uint8Array> {
  if (body === null) return new Uint8Array();
  const chunks: Uint8Array[] = [];
  let length = 0;
  try {
    for await (const chunk of body) {
      length += chunk.length;
      if (length > max) break;
      chunks.push(chunk);
    }
  } catch {
    // The client broke off: it will hardly read why.
    throw new ApiError("invalid_body", "Cannot read the call: its body broke off");
  }
  if (length > max) {
    throw new ApiError("body_too_large", `Cannot read the call: more than ${max} bytes`);
  }
  const whole = new Uint8Array(length);
  let at = 0;
  for (const chunk of chunks) {
    whole.set(chunk, at);
    at += chunk.length;
  }
  return whole;
}

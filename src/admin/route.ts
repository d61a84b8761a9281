import { safeJson } from "../audit/safe_json.ts";
import type { Caller } from "./access.ts";
import { ApiError } from "./api_error.ts";
import { type JsonObject, readBody } from "./read_body.ts";

/** A call that has passed the guards. */
export interface Call {
  readonly request: Request;
  readonly caller: Caller;
  /** A part of the path: `id`. */
  readonly parameter: (name: string) => string;
  /** A parameter of the query; null where it is absent. */
  readonly query: (name: string) => string | null;
  /** The JSON object of the body. */
  readonly body: () => Promise<JsonObject>;
  /** Refuses the call unless it has the token; `why` names what takes it. */
  readonly demandToken: (why: string) => void;
}

/** One route: what the router serves, what the tests walk, and what `/openapi.json` tells of. */
export interface Route {
  readonly method: "GET" | "POST" | "DELETE";
  /** With parameters as `:id`. */
  readonly path: string;
  /** One line. */
  readonly summary: string;
  /** Parameters of the query, with a meaning each. */
  readonly query?: Readonly<Record<string, string>>;
  /** Keys of the body, with a meaning each. Absent for a call without one. */
  readonly body?: Readonly<Record<string, string>>;
  /** When the token is needed. */
  readonly token: "never" | "always" | string;
  /** Whether it is served without the token even where everything else takes it: how a page gets in. */
  readonly isOpen?: boolean;
  readonly type?: string;
  readonly serve: (call: Call) => Response | Promise<Response>;
}

/** A reply in JSON. */
export function json(value: unknown, status = 200): Response {
  return new Response(`${safeJson(value)}\n`, {
    status,
    headers: { "content-type": "application/json" },
  });
}

/** A parameter of the query that is a whole number. */
export function wholeNumber({ query }: Call, name: string): number | null {
  const text = query(name);
  if (text === null) return null;
  if (/^\d{1,15}$/.test(text)) return Number(text);
  throw new ApiError("bad_parameter", `Cannot read "${name}": it is not a whole number`);
}

/** A text of the body. */
export function textOf(body: JsonObject, key: string): string {
  const value = body[key];
  if (typeof value === "string" && value !== "") return value;
  throw new ApiError("invalid_json", `Cannot read the call: "${key}" is not a text`);
}

/** One of a few words in the body; `otherwise` where it is absent. */
export function wordOf<T extends string>(
  body: JsonObject,
  key: string,
  words: readonly T[],
  otherwise?: T,
): T {
  const value = body[key] ?? otherwise;
  const found = words.find((word) => word === value);
  if (found !== undefined) return found;
  throw new ApiError(
    "invalid_json",
    `Cannot read the call: "${key}" is one of ${words.join(", ")}`,
  );
}

/** Reads the body of a request, once. */
export function bodyReader(request: Request): () => Promise<JsonObject> {
  return () => readBody(request);
}

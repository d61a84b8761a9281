import { EVENT_TYPES } from "../audit/event.ts";
import type { Batch, EventReader, FedEvent } from "../audit/event_feed.ts";
import type { Clock } from "../net/ports.ts";
import { safeJson } from "../audit/safe_json.ts";
import { limitWords } from "../proxy/limits.ts";
import type { AdminParts } from "./admin.ts";
import { ApiError } from "./api_error.ts";
import { type Call, type Route, wholeNumber } from "./route.ts";

/** Server-sent events of what happens in the proxy. */
export function eventRoutes(parts: AdminParts): readonly Route[] {
  return [{
    method: "GET",
    path: "/events",
    summary: "What happens, as server-sent events; begins after the event of that number",
    query: { after: "an event's number; or Last-Event-ID", types: `of ${EVENT_TYPES.join(", ")}` },
    token: "never",
    type: "text/event-stream",
    serve: (call) => events(call, parts),
  }];
}

function events(call: Call, { proxy: { feed, limits }, clock }: AdminParts): Response {
  const headers = { "content-type": "text/event-stream" };
  const types = typesOf(call);
  const after = wholeNumber(call, "after") ?? lastEventId(call) ?? undefined;
  // A HEAD gets no body, which would never be read.
  if (call.request.method === "HEAD") return new Response(null, { headers });
  const reader = feed.read(after);
  if (reader === null) {
    limits.reached("eventReaders");
    throw new ApiError(
      "too_many_readers",
      `Cannot send events: ${limitWords("eventReaders")} is reached`,
    );
  }
  return new Response(stream(reader, types, clock), { headers });
}

/** Writes as fast as is read, so that a reader that does not read holds one batch and no more. */
function stream(
  reader: EventReader,
  types: readonly string[],
  clock: Clock,
): ReadableStream<Uint8Array<ArrayBuffer>> {
  const encoder = new TextEncoder();
  // Told at once, so that a client knows that it is connected.
  let text = ": doorward\n\n";
  // Kept over a quiet time: what comes in the moment in which that ends would be lost with it.
  let coming: Promise<Batch | null> | null = null;
  return new ReadableStream({
    async pull(controller): Promise<void> {
      while (text === "") {
        coming ??= reader.next();
        const batch = await orQuiet(coming, clock);
        if (batch === null) return controller.close();
        if (batch !== "quiet") coming = null;
        text = batch === "quiet" ? ": quiet\n\n" : batchText(batch, types);
      }
      controller.enqueue(encoder.encode(text));
      text = "";
    },
    cancel: () => reader.close(),
  }, { highWaterMark: 0 });
}

/** How long nothing is said, so that a reader can tell a quiet proxy from one that is gone. */
const QUIET_MS = 15_000;

/** What happens next, or that nothing does. */
async function orQuiet(
  coming: Promise<Batch | null>,
  clock: Clock,
): Promise<Batch | "quiet" | null> {
  const happened = new AbortController();
  const quiet = clock.wait(QUIET_MS, happened.signal).then(() => "quiet" as const);
  quiet.catch(() => {
    // Something happened in time.
  });
  try {
    return await Promise.race([coming, quiet]);
  } finally {
    happened.abort();
  }
}

function batchText({ events, dropped }: Batch, types: readonly string[]): string {
  const lost = dropped === 0 ? "" : `event: dropped\ndata: {"count":${dropped}}\n\n`;
  return lost +
    events.filter(({ event }) => types.includes(event.type)).map(eventText).join("");
}

function eventText({ seq, at, event }: FedEvent): string {
  return `id: ${seq}\nevent: ${event.type}\ndata: ${safeJson({ seq, at, ...event })}\n\n`;
}

function typesOf({ query }: Call): readonly string[] {
  const text = query("types");
  if (text === null) return EVENT_TYPES;
  const types = text.split(",");
  const unknown = types.find((type) => !(EVENT_TYPES as readonly string[]).includes(type));
  if (unknown === undefined) return types;
  throw new ApiError("bad_parameter", `Cannot read "types": there are ${EVENT_TYPES.join(", ")}`);
}

function lastEventId({ request }: Call): number | null {
  const text = request.headers.get("last-event-id") ?? "";
  return /^\d{1,15}$/.test(text) ? Number(text) : null;
}

import type { ProxyEvent } from "../../src/audit/event.ts";
import type { EventFeed } from "../../src/audit/event_feed.ts";

/** The events of one type. */
export type EventOf<T extends ProxyEvent["type"]> = Extract<ProxyEvent, { readonly type: T }>;

/** Every event of a type that a feed has kept, oldest first. */
export async function eventsOf<T extends ProxyEvent["type"]>(
  feed: EventFeed,
  type: T,
): Promise<EventOf<T>[]> {
  const reader = feed.read(0);
  if (reader === null) throw new Error("This feed has too many readers");
  const events: ProxyEvent[] = [];
  try {
    for (let seq = 0; seq < feed.seq;) {
      const batch = await reader.next();
      for (const fed of batch?.events ?? []) {
        seq = fed.seq;
        events.push(fed.event);
      }
    }
  } finally {
    reader.close();
  }
  return events.filter((event): event is EventOf<T> => event.type === type);
}

import { until } from "./in_time.ts";
import type { Wire } from "./wire.ts";
import type { World } from "./world.ts";

/** Clients that each have said so much. */
export async function crowd(world: World, count: number, start: string): Promise<Wire[]> {
  const clients: Wire[] = [];
  for (let index = 0; index < count; index++) {
    const client = await world.client();
    await client.send(start);
    clients.push(client);
  }
  return clients;
}

/** Lets `ms` pass, in which the connections of all these clients must have ended. */
export async function allOver(world: World, clients: readonly Wire[], ms: number): Promise<void> {
  const over = until(() => clients.every((client) => client.ending !== null), "all are closed");
  await world.pass(ms, over);
  await over;
}

import { type Http2Origin, startHttp2Origin } from "./http2_origin.ts";
import { type InterceptedWorld, makeInterceptedWorld, SERVER_IP } from "./intercepted_world.ts";

/** A world whose server is Node's. */
export interface Http2World extends InterceptedWorld {
  readonly origin: Http2Origin;
}

/** Makes one whose server speaks HTTP/2 and HTTP/1.1, or the latter alone. */
export async function makeHttp2World({ http2 = true } = {}): Promise<Http2World> {
  let origin: Http2Origin | null = null;
  const world = await makeInterceptedWorld({
    behind: async (authority, scratch) =>
      origin = await startHttp2Origin(SERVER_IP, authority, scratch, { http2 }),
  });
  return { ...world, origin: origin! };
}

import { assertEquals } from "@std/assert";
import { Course } from "./course.ts";
import type { Route } from "./job.ts";
import { readExactly } from "./wire.ts";

Deno.test("tunnel() opens with a greeting of SOCKS5 where that is the route", async () => {
  assertEquals(await opening("socks5"), [5, 1, 0]);
});

Deno.test("tunnel() opens with CONNECT where that is the route", async () => {
  assertEquals(await opening("connect"), [..."CON"].map((letter) => letter.charCodeAt(0)));
});

/** The first three bytes that a tunnel by this route begins with. */
async function opening(route: Route): Promise<readonly number[]> {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const origin = { http: 1, echo: 2, echoOnce: 3, udpEcho: 4, https: 5, httpsNew: 6, http2: 7 };
  const work = { work: "tunnels", route, connections: 1, window: 1, ms: 0, rampMs: 0 } as const;
  const course = new Course({ ...work, origin, proxy: listener.addr.port, ca: "" }, Infinity);
  const tunnel = course.tunnel(2);
  using conn = await listener.accept();
  const bytes = [...await readExactly(conn, 3, new Uint8Array(3))];
  course.stop();
  await Promise.allSettled([tunnel]);
  return bytes;
}

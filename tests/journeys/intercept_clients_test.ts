// Real clients as children of `doorward run`, which looks into their HTTPS. They are told whom to trust by the variables
// of `run` and by nothing else.
import { assertEquals, assertStringIncludes } from "@std/assert";
import { testClient } from "../support/client_world.ts";
import { INTERCEPTED_CLIENTS, type InterceptedClient } from "../support/intercepted_clients.ts";
import {
  BY_NAME,
  type InterceptedWorld,
  makeInterceptedWorld,
  SERVER,
} from "../support/intercepted_world.ts";
import type { Ended } from "../support/programs.ts";

/** Looked into, and let through: a fetch is all that these clients do. */
const READ = `"read"`;
/** Whatever these clients ask for, it is nothing of this. */
const ELSEWHERE = `{ paths = ["/elsewhere/**"] }`;

for (const client of INTERCEPTED_CLIENTS) {
  testClient(client, `what a rule allows ${client.name} arrives once`, async (program) => {
    await using world = await makeInterceptedWorld({ rule: READ, origin: client.origin });
    await assertFetched(await fetchFrom(BY_NAME, client, program, world), client, world);
    assertEquals(new Set(world.outside.asked), new Set([`${SERVER}:443`]));
  });

  if (client.byAddress) {
    testClient(client, `${client.name} may ask for an address`, async (program) => {
      await using world = await makeInterceptedWorld({ rule: READ, origin: client.origin });
      await assertFetched(await fetchFrom(world.byAddress, client, program, world), client, world);
      assertEquals(world.outside.asked, []);
    });
  }

  testClient(client, `what no rule allows ${client.name} is refused to it`, async (program) => {
    await using world = await makeInterceptedWorld({ rule: ELSEWHERE, origin: client.origin });
    const ended = await fetchFrom(BY_NAME, client, program, world);
    const { code, stream, says } = client.refused;
    const phrase = `Blocked by Doorward: ${SERVER}:443: no request rule allows it`;
    assertStringIncludes(ended[stream], says(phrase, SERVER));
    assertEquals(ended.code, code, ended.stderr);
    assertEquals(
      lastLine(ended.stderr),
      `doorward: blocked ${SERVER}:443 (no request rule allows it)` +
        ` — see why: doorward explain ${SERVER}:443`,
    );
    assertEquals([world.server.requests, world.outside.asked], [[], []]);
  });
}

testClient(
  INTERCEPTED_CLIENTS[0]!,
  "a client that does not trust Doorward's authority gets no answer, and the server no word",
  async (curl) => {
    await using world = await makeInterceptedWorld();
    const words = [curl, "-sS", "--cacert", world.authority.caFile, `${BY_NAME}/hello`];
    const { code, stdout, stderr } = await world.run(words);
    assertEquals([code, stdout], [60, ""]);
    assertStringIncludes(stderr, "SSL certificate problem: unable to get local issuer certificate");
    assertEquals([world.server.requests, world.outside.asked], [[], []]);
  },
);

testClient(
  INTERCEPTED_CLIENTS[0]!,
  "a server that Doorward does not trust gets no request",
  async (curl) => {
    await using world = await makeInterceptedWorld({ trustsServer: false });
    for (const base of [BY_NAME, world.byAddress]) {
      const { code, stdout } = await world.run([curl, "-sS", "-w", "%{http_code}", `${base}/x`]);
      assertEquals(code, 0);
      assertStringIncludes(stdout, `could not reach ${new URL(base).hostname}`);
      assertStringIncludes(stdout, "502");
    }
    assertEquals(world.server.requests, []);
  },
);

async function fetchFrom(
  base: string,
  client: InterceptedClient,
  program: string,
  world: InterceptedWorld,
): Promise<Ended> {
  const words = await client.words(program, base, world.scratch);
  return await world.run(words, { env: client.env(world.scratch) });
}

async function assertFetched(
  ended: Ended,
  client: InterceptedClient,
  { scratch, server }: InterceptedWorld,
): Promise<void> {
  assertEquals(ended.code, 0, ended.stderr);
  assertEquals(await client.fetched(ended, scratch), "hello from the origin\n");
  assertEquals(ended.stderr.includes("doorward: "), false, ended.stderr);
  assertEquals(server.requests, client.asks.map((ask) => `${ask} via doorward`));
}

function lastLine(text: string): string {
  return text.trimEnd().split("\n").at(-1)!;
}

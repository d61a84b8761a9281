// Real clients, pointed at a running `doorward start` by the variables that `doorward env` prints.
import { assertEquals, assertStringIncludes } from "@std/assert";
import {
  askedOf,
  type ClientJourney,
  type ClientWorld,
  makeClientWorld,
  NOT_ALLOWED,
  testClients,
} from "../support/client_world.ts";
import { proxyEnv, startDoorward } from "../support/doorward_cli.ts";
import { type Ended, runProgram } from "../support/programs.ts";

testClients(
  (client, scheme) => `start lets ${client} reach a server over ${scheme}`,
  async (journey) => {
    await using world = await makeClientWorld(journey);
    const { ended, blocked } = await fetchFrom(world.allowed.url, journey, world);
    assertEquals([ended.code, blocked], [0, []], ended.stderr);
    assertEquals(await journey.client.fetched(ended, world.scratch), "hello from the origin\n");
    assertEquals(world.allowed.requests, askedOf(journey));
  },
);

testClients(
  (client, scheme) => `start keeps ${client} from a denied server over ${scheme}`,
  async (journey) => {
    await using world = await makeClientWorld(journey);
    const { ended, blocked } = await fetchFrom(world.denied.url, journey, world);
    const { code, stream, says } = journey.client.refused[journey.scheme];
    const phrase = `Blocked by Doorward: 127.0.0.3:${world.denied.port}: denied by a rule`;
    assertStringIncludes(ended[stream], says(phrase, "127.0.0.3"));
    assertEquals(ended.code, code);
    assertEquals(new Set(blocked), new Set([`denied 127.0.0.3:${world.denied.port}`]));
    assertEquals(world.denied.requests, []);
  },
);

testClients(
  (client, scheme) => `start keeps ${client} from a name that nobody allowed over ${scheme}`,
  async (journey) => {
    await using world = await makeClientWorld(journey);
    const { scheme } = journey;
    const { ended, blocked } = await fetchFrom(`${scheme}://${NOT_ALLOWED}`, journey, world);
    const { code, stream, says } = journey.client.refused[scheme];
    const port = scheme === "http" ? 80 : 443;
    const phrase = `Blocked by Doorward: ${NOT_ALLOWED}:${port}: not in the allowlist`;
    assertStringIncludes(ended[stream], says(phrase, NOT_ALLOWED));
    assertEquals(ended.code, code);
    assertEquals(new Set(blocked), new Set([`not_allowed ${NOT_ALLOWED}:${port}`]));
  },
);

interface Fetched {
  readonly ended: Ended;
  /** The reason and the place of each request that `start` reported. */
  readonly blocked: readonly string[];
}

async function fetchFrom(
  base: string,
  { client, program }: ClientJourney,
  { scratch, env }: ClientWorld,
): Promise<Fetched> {
  await using start = await startDoorward([], scratch);
  const ended = await runProgram(client.words(program, base, scratch), {
    cwd: scratch.folder,
    env: { ...scratch.env, ...env, ...await proxyEnv(start, scratch) },
  });
  start.kill("SIGTERM");
  const { code, stderr } = await start.ended;
  assertEquals(code, 0, stderr);
  return { ended, blocked: violations(stderr) };
}

function violations(stderr: string): string[] {
  return stderr.split("\n").flatMap((line) => {
    const json = /^CODEX_NETWORK_POLICY_VIOLATION (.*)$/.exec(line)?.[1];
    if (json === undefined) return [];
    const { reason, host, port } = JSON.parse(json);
    return [`${reason} ${host}:${port}`];
  });
}

// Real clients as children of `doorward run`, which points them at a proxy of their own.
import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import {
  askedOf,
  type ClientJourney,
  type ClientWorld,
  makeClientWorld,
  NOT_ALLOWED,
  testClients,
} from "../support/client_world.ts";
import { doorward } from "../support/doorward_cli.ts";
import type { Ended } from "../support/programs.ts";

testClients(
  (client, scheme) => `run lets ${client} reach a server over ${scheme}`,
  async (journey) => {
    await using world = await makeClientWorld(journey);
    const ended = await fetchFrom(world.allowed.url, journey, world);
    assertEquals(ended.code, 0, ended.stderr);
    assertEquals(await journey.client.fetched(ended, world.scratch), "hello from the origin\n");
    assertEquals(ended.stderr.includes("doorward: "), false, ended.stderr);
    assertEquals(world.allowed.requests, askedOf(journey));
  },
);

testClients(
  (client, scheme) => `run keeps ${client} from a denied server over ${scheme}`,
  async (journey) => {
    await using world = await makeClientWorld(journey);
    const ended = await fetchFrom(world.denied.url, journey, world);
    const { code, stream, says } = journey.client.refused[journey.scheme];
    const place = `127.0.0.3:${world.denied.port}`;
    const phrase = `Blocked by Doorward: ${place}: denied by a rule`;
    assertStringIncludes(ended[stream], says(phrase, "127.0.0.3"));
    assertEquals(ended.code, code);
    assertMatch(
      lastLine(ended.stderr),
      RegExp(
        `^doorward: blocked ${place} \\(a deny rule names it(, \\d times)?\\)` +
          ` — see why: doorward explain ${place}$`,
      ),
    );
    assertEquals(world.denied.requests, []);
  },
);

testClients(
  (client, scheme) => `run keeps ${client} from a name that nobody allowed over ${scheme}`,
  async (journey) => {
    await using world = await makeClientWorld(journey);
    const { client, scheme, program } = journey;
    const ended = await fetchFrom(`${scheme}://${NOT_ALLOWED}`, journey, world);
    const { code, stream, says } = client.refused[scheme];
    const place = `${NOT_ALLOWED}:${scheme === "http" ? 80 : 443}`;
    const phrase = `Blocked by Doorward: ${place}: not in the allowlist`;
    assertStringIncludes(ended[stream], says(phrase, NOT_ALLOWED));
    assertEquals(ended.code, code);
    assertMatch(
      lastLine(ended.stderr),
      RegExp(
        `^doorward: blocked ${place} \\(not in the allowlist(, \\d times)?\\)` +
          ` — allow it: doorward run --allow ${NOT_ALLOWED} -- ${program} `,
      ),
    );
  },
);

async function fetchFrom(
  base: string,
  { client, program }: ClientJourney,
  { scratch, env }: ClientWorld,
): Promise<Ended> {
  const words = client.words(program, base, scratch);
  return await doorward(["run", "--", ...words], scratch, { env });
}

function lastLine(text: string): string {
  return text.trimEnd().split("\n").at(-1)!;
}

import { latin1 } from "../../src/net/stream/latin1.ts";
import { clientHello, EXTENSION, type Extension, type HelloOptions } from "../support/hello.ts";
import { silent } from "../support/origin.ts";
import {
  assertCarried,
  assertRefusedInside,
  TUNNEL_DOORS,
  tunnelBy,
} from "../support/tunnel_doors.ts";
import { ALLOWED, makeWorld, type WorldPolicy } from "../support/world.ts";

const RIGHT: HelloOptions = { names: [ALLOWED], ech: true };
const WRONG: HelloOptions = { names: ["evil.test"], ech: true };
const HIDDEN: Extension = [EXTENSION.esni, new Uint8Array(200)];
const ESNI: HelloOptions = { names: [ALLOWED], extensions: [HIDDEN] };
const BOTH: HelloOptions = { names: [ALLOWED], ech: true, extensions: [HIDDEN] };
const PLAIN: HelloOptions = { names: [ALLOWED] };

const BY_DEFAULT: WorldPolicy = { allow: [ALLOWED], sniBinding: true };
const DENIED: WorldPolicy = { ...BY_DEFAULT, denyEch: true };
const RAW: WorldPolicy = { ...DENIED, allow: [`${ALLOWED}:443 raw`] };

// A name may be hidden in what only the server can read. Every browser sends such a thing.
const TABLE: readonly (readonly [string, WorldPolicy, HelloOptions, "carried" | "refused"])[] = [
  ["behind the right name passes", BY_DEFAULT, RIGHT, "carried"],
  ["behind another name is refused", BY_DEFAULT, WRONG, "refused"],
  ["without any name is refused", BY_DEFAULT, { ech: true }, "refused"],
  ["of old (ESNI) is refused", BY_DEFAULT, ESNI, "refused"],
  ["of both kinds is refused", BY_DEFAULT, BOTH, "refused"],
  ["is refused where that is said", DENIED, RIGHT, "refused"],
  ["is refused where that is said, whatever it names", DENIED, WRONG, "refused"],
  ["that is not there passes where it is refused", DENIED, PLAIN, "carried"],
  ["passes where a rule says raw", RAW, RIGHT, "carried"],
  ["of old passes where a rule says raw", RAW, ESNI, "carried"],
];

for (const door of TUNNEL_DOORS) {
  for (const [what, policy, options, outcome] of TABLE) {
    Deno.test(`ECH: a hidden name ${what}, by ${door}`, async () => {
      await using world = makeWorld({ policy, origin: silent });
      const client = await tunnelBy(door, world);
      const hello = clientHello(options);
      await client.send(hello);
      await (outcome === "carried"
        ? assertCarried(world, client, latin1(hello))
        : assertRefusedInside(world, client, door, "sni_mismatch"));
    });
  }
}

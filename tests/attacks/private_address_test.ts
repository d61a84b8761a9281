import { assert, assertEquals } from "@std/assert";
import { fieldOf, statusOf } from "../support/wire.ts";
import { makeWorld, type WorldPolicy } from "../support/world.ts";

const ALL: WorldPolicy = { dangerouslyAllowAllDomains: true };

async function outcome(policy: WorldPolicy, host: string): Promise<string> {
  await using world = makeWorld({ policy, resolve: { "localhost": ["127.0.0.1", "::1"] } });
  const plain = await world.ask(`GET http://${host}/ HTTP/1.1\r\nHost: ${host}\r\n\r\n`);
  await using client = await world.client();
  await client.send(`CONNECT ${host}:443 HTTP/1.1\r\nHost: ${host}:443\r\n\r\n`);
  const tunnel = await client.readHead();
  assertEquals(statusOf(plain), Number(tunnel.slice(9, 12)), `${host}: both doors`);
  if (statusOf(plain) === 200) return "through";
  assertEquals(world.dialled, [], host);
  assertEquals(fieldOf(plain, "x-proxy-error"), "blocked-by-allowlist", host);
  return JSON.parse(plain.body).reason;
}

// Upstream: host_blocked_rejects_loopback_when_allowlist_is_wildcard and its siblings.
Deno.test("private address: to allow every domain is not to allow this machine or its network", async () => {
  for (const host of ["127.0.0.1", "localhost", "10.0.0.1", "192.168.0.1", "[::1]", "[fc00::1]"]) {
    assertEquals(await outcome(ALL, host), "not_allowed_local", host);
  }
});

Deno.test("private address: an entry of its own opens one address, and no other", async () => {
  assertEquals(await outcome({ allow: ["10.0.0.1"] }, "10.0.0.1"), "through");
  assertEquals(await outcome({ allow: ["10.0.0.1"] }, "10.0.0.2"), "not_allowed_local");
  assertEquals(await outcome({ allow: ["localhost"] }, "localhost"), "through");
  assertEquals(await outcome({ allow: ["localhost"] }, "127.0.0.1"), "not_allowed_local");
  assertEquals(await outcome({ allow: ["169.254.169.254"] }, "169.254.169.254"), "through");
});

Deno.test("private address: a block or a wildcard is no entry of its own", async () => {
  assertEquals(await outcome({ allow: ["10.0.0.0/8"] }, "10.0.0.1"), "not_allowed_local");
  assertEquals(await outcome({ allow: ["*.localhost"] }, "x.localhost"), "not_allowed_local");
});

Deno.test("private address: local binding opens loopback and private ones that are allowed", async () => {
  const open: WorldPolicy = { allowLocalBinding: true };
  assertEquals(await outcome({ ...open, ...ALL }, "127.0.0.1"), "through");
  assertEquals(await outcome({ ...open, ...ALL }, "10.0.0.1"), "through");
  assertEquals(await outcome(open, "10.0.0.1"), "not_allowed");
  for (const host of ["169.254.169.254", "100.100.100.200", "[fe80::1]", "224.0.0.1", "[::]"]) {
    assertEquals(await outcome({ ...open, ...ALL }, host), "not_allowed_local", host);
  }
});

Deno.test("private address: a denial holds whatever spelling carries the address", async () => {
  const policy: WorldPolicy = { ...ALL, allowLocalBinding: true, deny: ["10.0.0.1"] };
  const spellings = [
    "10.0.0.1",
    "[::ffff:10.0.0.1]",
    "[::ffff:a00:1]",
    "[64:ff9b::a00:1]",
    "[2002:a00:1::]",
    "[2606:2800::5efe:10.0.0.1]",
    "[2606:2800::200:5efe:a00:1]",
  ];
  for (const host of spellings) assertEquals(await outcomeOfDenied(policy, host), "denied", host);
});

async function outcomeOfDenied(policy: WorldPolicy, host: string): Promise<string> {
  await using world = makeWorld({ policy });
  const answer = await world.ask(`GET http://${host}/ HTTP/1.1\r\nHost: ${host}\r\n\r\n`);
  assertEquals(fieldOf(answer, "x-proxy-error"), "blocked-by-denylist", host);
  return JSON.parse(answer.body).reason;
}

Deno.test("private address: a refusal does not tell what is behind a name", async () => {
  const inside = {
    "loop.test": ["127.0.0.1"],
    "private.test": ["10.11.12.13"],
    "metadata.test": ["169.254.169.254"],
    "denied.test": ["93.184.216.34"],
  };
  await using world = makeWorld({
    policy: { ...ALL, deny: ["93.184.216.34"] },
    resolve: inside,
  });
  const told = new Set<string>();
  for (const [name, [address]] of Object.entries(inside)) {
    for (const method of ["GET http://NAME/", "CONNECT NAME:443"]) {
      const target = method.startsWith("CONNECT") ? `${name}:443` : name;
      const answer = await world.ask(
        `${method.replace("NAME", name)} HTTP/1.1\r\nHost: ${target}\r\n\r\n`,
      );
      assertEquals(statusOf(answer), 403);
      assert(!answer.raw.includes(address!), answer.raw);
      if (name !== "denied.test" && method.startsWith("GET")) {
        told.add(answer.body.replaceAll(name, "NAME"));
      }
    }
  }
  // Loopback, private and metadata read the same.
  assertEquals(told.size, 1);
});

import { assertEquals, assertStringIncludes } from "@std/assert";
import { ConnectError } from "../../../src/net/errors.ts";
import { configFile } from "../config_files.ts";
import { fakeSurroundings } from "../fake_surroundings.ts";
import { cli } from "../../../src/cli/cli.ts";
import { type FakeAdmin, fakeAdmin, json, refuse } from "./fake_admin.ts";

function healthy(): FakeAdmin {
  return fakeAdmin({ "GET /health": json({ mode: "full" }) });
}

/** Flags, and what is dialled. */
const PLACES: readonly (readonly [readonly string[], string])[] = [
  [[], "127.0.0.1:8080"],
  [["-c", "network.admin_url=http://127.0.0.1:99"], "127.0.0.1:99"],
  [["-c", "network.admin_url=http://[::1]:99"], "[::1]:99"],
  [["--admin", "http://127.0.0.1:7"], "127.0.0.1:7"],
  [["--admin", "localhost"], "127.0.0.1:8080"],
  // A listener on every address is reached on this machine's own.
  [
    [
      "-c",
      "network.admin_url=http://0.0.0.0:99",
      "-c",
      "network.dangerously_allow_non_loopback_admin=true",
    ],
    "127.0.0.1:99",
  ],
  [
    [
      "--admin",
      "http://192.0.2.1:99",
      "-c",
      "network.dangerously_allow_non_loopback_admin=true",
    ],
    "192.0.2.1:99",
  ],
];

for (const [flags, expected] of PLACES) {
  Deno.test(`withAdmin() with ${flags.join(" ")} asks ${expected}`, async () => {
    await using server = healthy();
    assertEquals(await server.run("mode", ...flags), 0);
    assertEquals(server.dialled, [expected]);
    assertEquals(server.here.printed(), { out: "full\n", err: "" });
    assertEquals(server.here.clock.sleeping, 0);
  });
}

Deno.test("withAdmin() reads no configuration that it does not need", async () => {
  await using file = await configFile("[network\n");
  await using server = healthy();
  const flags = ["--config", file.path];
  assertEquals(await server.run("mode", "--admin", "http://127.0.0.1:1", ...flags), 0);
  assertEquals(await server.run("mode", ...flags), 125);
  assertEquals(server.dialled, ["127.0.0.1:1"]);
});

Deno.test("withAdmin() sends nothing to another machine", async () => {
  await using server = healthy();
  assertEquals(await server.run("mode", "--admin", "http://192.0.2.1:8080"), 125);
  assertEquals(server.dialled, []);
  assertEquals(
    server.here.printed().err,
    "doorward: Cannot use 192.0.2.1:8080: the admin token must not leave this machine\n" +
      'doorward: only "dangerously_allow_non_loopback_admin = true" under [network] lets it\n',
  );
});

Deno.test("withAdmin() cannot know a port that the system chose", async () => {
  await using server = healthy();
  assertEquals(await server.run("mode", "-c", "network.admin_url=http://127.0.0.1:0"), 125);
  assertStringIncludes(server.here.printed().err, "leaves the port to the system");
});

Deno.test("withAdmin() says how to start a proxy that is not there", async () => {
  const refused = new ConnectError("connection_refused", "x");
  const here = fakeSurroundings({ dial: () => Promise.reject(refused) });
  assertEquals(await cli(["pending", "--json"], here), 125);
  assertEquals(here.printed(), {
    out: "",
    err: "doorward: No Doorward answers on http://127.0.0.1:8080: start one with doorward start\n" +
      "doorward: the proxy of doorward run takes no commands\n",
  });
  assertEquals(here.clock.sleeping, 0);
});

Deno.test("withAdmin() prints a refusal for people, and for programs too with --json", async () => {
  const message = "The mode is \x1b[2Jfixed.";
  const replies = { "POST /mode": refuse(409, "fixed", message) };
  await using plain = fakeAdmin(replies);
  assertEquals(await plain.run("mode", "full"), 1);
  const err = "doorward: The mode is \\u001b[2Jfixed\n";
  assertEquals(plain.here.printed(), { out: "", err });
  await using programs = fakeAdmin(replies);
  assertEquals(await programs.run("mode", "full", "--json"), 1);
  assertEquals(programs.here.printed(), {
    out: `${JSON.stringify({ status: "error", reason: "fixed", message })}\n`,
    err,
  });
});

Deno.test("withAdmin() shows the token of the environment when it is asked for", async () => {
  await using server = fakeAdmin({
    "POST /session/code": async (wire, { fields }) => {
      const isKnown = fields.includes("Authorization: Bearer t0k");
      await wire.send(isKnown ? json({ url: "http://x" }) : refuse(401, "token_required", "No."));
    },
  }, { env: { DOORWARD_ADMIN_TOKEN: "t0k" } });
  assertEquals(await server.run("dashboard"), 0);
  assertEquals(server.here.printed(), { out: "http://x\n", err: "" });
});

Deno.test("withAdmin() says what to do without a token", async () => {
  await using server = fakeAdmin({ "POST /reload": refuse(401, "token_required", "A token.") });
  assertEquals(await server.run("reload"), 1);
  assertEquals(
    server.here.printed().err,
    "doorward: A token\n" +
      "doorward: run this command as the user who started Doorward, with the same home folder\n",
  );
});

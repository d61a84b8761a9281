import { assertEquals } from "@std/assert";
import { Findings } from "../../src/config/toml/findings.ts";
import { DEFAULT_NETWORK } from "../../src/config/network_table.ts";
import { resolveUnixSockets } from "../../src/config/unix_socket_list.ts";
import type { LocatedTable } from "../../src/config/toml/located.ts";
import { makeScratch, type Scratch } from "../support/scratch.ts";
import { load, print, tableOf } from "./load.ts";

const ignore = Deno.build.os === "windows";

/** A folder `real` with a link `link` to it. */
async function makeFolders(): Promise<Scratch> {
  const scratch = await makeScratch();
  await Deno.mkdir(`${scratch.folder}/real`);
  await Deno.symlink("real", `${scratch.folder}/link`);
  return scratch;
}

/** The sockets of a policy that allows these paths. */
async function allowed(...paths: readonly string[]): Promise<readonly string[]> {
  const list = JSON.stringify(paths);
  return (await load(`[network]\nask = true\nallow_unix_sockets = ${list}`)).policy.unixSockets;
}

Deno.test("loadConfig() resolves the links in allow_unix_sockets once", { ignore }, async () => {
  await using scratch = await makeFolders();
  const { folder } = scratch;
  await scratch.write("real/a.sock", "");
  await Deno.symlink(`${folder}/link/a.sock`, `${folder}/alias.sock`);
  const sockets = await allowed(
    `${folder}/alias.sock`,
    `${folder}/link/a.sock`,
    `${folder}/link/../link/a.sock`,
    `${folder}/link/later.sock`,
    "/no-such-folder/x.sock",
  );
  assertEquals(sockets, [
    `${folder}/real/a.sock`,
    `${folder}/real/a.sock`,
    `${folder}/real/a.sock`,
    `${folder}/real/later.sock`,
    "/no-such-folder/x.sock",
  ]);
});

Deno.test("loadConfig() leaves the key as it was written", { ignore }, async () => {
  await using scratch = await makeFolders();
  const path = `${scratch.folder}/link/a.sock`;
  const { network } = await load(`[network]\nask = true\nallow_unix_sockets = ["${path}"]`);
  assertEquals(network.allow_unix_sockets, [path]);
});

Deno.test("loadConfig() tells of an entry that leads nowhere, and allows the others", {
  ignore,
}, async () => {
  await using scratch = await makeFolders();
  const { folder } = scratch;
  await Deno.symlink("loop", `${folder}/loop`);
  const text = "[network]\nask = true\nallow_unix_sockets = [\n" +
    `  "${folder}/loop",\n  "${folder}/real/a.sock",\n]`;
  const { policy, notices } = await load(text);
  assertEquals(policy.unixSockets, [`${folder}/real/a.sock`]);
  assertEquals(print(notices), [
    `4:3 no request reaches "${folder}/loop": ` +
    "its links lead in a circle, or a part of it is no folder or cannot be read",
  ]);
});

Deno.test("loadConfig() tells of entries that were meant to allow more than one socket", {
  ignore,
}, async () => {
  await using scratch = await makeFolders();
  const { folder } = scratch;
  await scratch.write("real/a[1].sock", "");
  const entries = ["link", "real/*.sock", "real/a[1].sock", "real/a?.sock", "real/b.sock"]
    .map((name) => `${folder}/${name}`);
  const lines = entries.map((path) => `  "${path}",\n`).join("");
  const { policy, notices } = await load(
    `[network]\nask = true\nallow_unix_sockets = [\n${lines}]`,
  );
  assertEquals(policy.unixSockets, entries.map((path) => path.replace("/link", "/real")));
  assertEquals(print(notices), [
    `4:3 "${folder}/link" is a folder: it allows nothing that lies in it`,
    ...[5, 6, 7].map((line) =>
      `${line}:3 patterns are not understood here: "${entries[line - 4]}" is the name of one file`
    ),
  ]);
  const root = await load('[network]\nask = true\nallow_unix_sockets = ["/"]');
  assertEquals(print(root.notices), ['3:23 "/" is a folder: it allows nothing that lies in it']);
});

Deno.test("loadConfig() makes both switches for sockets part of the policy", async () => {
  const { policy } = await load(
    "[network]\nask = true\ndangerously_allow_all_unix_sockets = true",
  );
  assertEquals([policy.unixSockets, policy.dangerouslyAllowAllUnixSockets], [[], true]);
});

Deno.test("resolveUnixSockets() allows nothing where the system has no sockets", async () => {
  const table = tableOf('allow_unix_sockets = ["/a"]') as LocatedTable;
  const network = { ...DEFAULT_NETWORK, allow_unix_sockets: ["/a"] };
  assertEquals(await resolveUnixSockets(table, network, null, new Findings()), []);
});

Deno.test({
  name: "resolveUnixSockets() says when the runtime will not let it connect",
  ignore,
  permissions: { read: true, write: false },
  async fn(): Promise<void> {
    const table = tableOf('allow_unix_sockets = ["/a"]') as LocatedTable;
    const network = { ...DEFAULT_NETWORK, allow_unix_sockets: ["/a"] };
    const sockets = {
      canonical: (path: string) => Promise.resolve(path),
      dial: () => Promise.reject(new Error("This test dials nothing")),
      exists: () => Promise.resolve(true),
    };
    const findings = new Findings();
    assertEquals(await resolveUnixSockets(table, network, sockets, findings), ["/a"]);
    assertEquals(print(findings.notices()), [
      '1:23 no request reaches "/a": Doorward runs without --allow-write for it',
    ]);
  },
});

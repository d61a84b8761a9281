import { assertEquals } from "@std/assert";
import { DEFAULT_NETWORK, EMBEDDED_NETWORK } from "../../src/config/network_table.ts";
import { filePlace, readLayers } from "../../src/config/source_layers.ts";
import { Findings } from "../../src/config/toml/findings.ts";
import type { Located } from "../../src/config/toml/located.ts";
import { print } from "./load.ts";

function plain(value: Located): unknown {
  switch (value.kind) {
    case "scalar":
      return value.value;
    case "list":
      return value.items.map(plain);
    case "table":
      return Object.fromEntries(
        [...value.entries].map(([key, entry]) => [key, plain(entry.value)]),
      );
  }
}

/** The merged tables, then the faults, then the notices. */
async function layers(
  text: string | null,
  ...overrides: readonly string[]
): Promise<[unknown, readonly string[], readonly string[]]> {
  const findings = new Findings();
  const folder = await Deno.makeTempDir();
  try {
    const homeFile = `${folder}/config.toml`;
    if (text !== null) await Deno.writeTextFile(homeFile, text);
    const read = await readLayers({ homeFile, overrides, allow: [], deny: [] }, findings);
    return [plain(read.table), print(findings.faults()), print(findings.notices())];
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

const BASE = "[network]\nmode = 'full'\nallowed_domains = ['a']\nlimits.connections = 1";

Deno.test("readLayers() reads a file", async () => {
  assertEquals(await layers(BASE), [
    { network: { mode: "full", allowed_domains: ["a"], limits: { connections: 1n } } },
    [],
    [],
  ]);
});

Deno.test("readLayers() lays flags over the file, the later over the earlier", async () => {
  assertEquals(
    await layers(
      BASE,
      "network.mode=limited",
      'network.mode="x"',
      "network.ask=true",
      'network.allowed_domains=["b"]',
      "network.limits.head_bytes=2",
      "network={via=false}",
    ),
    [
      {
        network: {
          mode: "x",
          allowed_domains: ["b"],
          limits: { connections: 1n, head_bytes: 2n },
          ask: true,
          via: false,
        },
      },
      [],
      [],
    ],
  );
});

Deno.test("readLayers() says which value a table takes the place of", async () => {
  assertEquals(await layers(BASE, "network.mode.x=1", "network.allowed_domains={}"), [
    { network: { mode: { x: 1n }, allowed_domains: {}, limits: { connections: 1n } } },
    [],
    [
      '-c in "network.mode.x=1": "mode" becomes a table: "full" is lost',
      '-c in "network.allowed_domains={}": "allowed_domains" becomes a table: its list is lost',
    ],
  ]);
});

Deno.test("readLayers() shows nothing of a webhook that a table takes the place of", async () => {
  const text = "[network]\nask_webhook = 'https://h.test/s3cret'";
  const [, , notices] = await layers(text, "network.ask_webhook.x=1");
  assertEquals(notices, [
    '-c in "network.ask_webhook.x=…": "ask_webhook" becomes a table: its URL is lost',
  ]);
});

Deno.test("readLayers() shows nothing of an upstream proxy that a table takes the place of", async () => {
  const text = "[network]\nupstream_proxy = 'http://u:a@s3cret:1'";
  const [, , notices] = await layers(text, "network.upstream_proxy.x=1");
  assertEquals(notices, [
    '-c in "network.upstream_proxy.x=…": "upstream_proxy" becomes a table: its URL is lost',
  ]);
});

Deno.test("readLayers() tells the faults of file and flags together", async () => {
  const [table, faults] = await layers(
    "[network]\nmode = full",
    "network",
    "x=1",
    "network.ask=true",
  );
  assertEquals(table, { network: { ask: true } });
  assertEquals(faults, [
    '2:8 not TOML: invalid value; write "full"',
    '-c in "network": no "="; write key=value, as in network.mode="limited"',
    '-c in "x=1": unknown key "x": remove it; a configuration is one table, [network]',
  ]);
});

Deno.test("readLayers() flattens each layer, and tells of the old spelling once", async () => {
  const [table, faults, notices] = await layers(
    "[network_proxy.policy]\nallowed_domains = ['a']\nallow_local_binding = false",
    "network.mode=limited",
    "network_proxy.policy.denied_domains=['b']",
  );
  const network = {
    allowed_domains: ["a"],
    allow_local_binding: false,
    mode: "limited",
    denied_domains: ["b"],
  };
  assertEquals([table, faults, notices], [{ network }, [], [
    "1:2 [network_proxy] is the old spelling: write [network], " +
    "and the keys of [network_proxy.policy] directly under it",
  ]]);
});

Deno.test("readLayers() says when an old file gets a looser default than it had", async () => {
  const [, , notices] = await layers("[network_proxy]\nenabled = true");
  assertEquals(notices, [
    "1:2 [network_proxy] is the old spelling: write [network], " +
    "and the keys of [network_proxy.policy] directly under it; " +
    '"allow_local_binding" is true unless the file says false, it once was false',
  ]);
});

Deno.test("readLayers() says nothing of old defaults to a flag in the old spelling", async () => {
  const [, , notices] = await layers(BASE, "network_proxy.mode=limited");
  assertEquals(notices, [
    '-c in "network_proxy.mode=limited": [network_proxy] is the old spelling: write [network], ' +
    "and the keys of [network_proxy.policy] directly under it",
  ]);
});

Deno.test("readLayers() takes the embedded defaults only where there is no file", async () => {
  const findings = new Findings();
  const none = await readLayers({ overrides: [], allow: [], deny: [] }, findings);
  assertEquals([none.file, none.defaults], ["built-in", EMBEDDED_NETWORK]);
  const folder = await Deno.makeTempDir();
  try {
    const homeFile = `${folder}/config.toml`;
    const absent = await readLayers({ homeFile, overrides: [], allow: [], deny: [] }, findings);
    assertEquals([absent.file, absent.defaults], ["built-in", EMBEDDED_NETWORK]);
    await Deno.writeTextFile(homeFile, "");
    const empty = await readLayers({ homeFile, overrides: [], allow: [], deny: [] }, findings);
    assertEquals([empty.file, empty.defaults], [homeFile, DEFAULT_NETWORK]);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
  assertEquals(findings.faults(), []);
});

Deno.test("readLayers() reads --config in place of the home file, and needs it", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const [file, homeFile] = [`${folder}/a.toml`, `${folder}/config.toml`];
    await Deno.writeTextFile(homeFile, "[network]\nmode = 'full'");
    const findings = new Findings();
    const source = { file, homeFile, overrides: [], allow: [], deny: [] };
    await readLayers(source, findings);
    assertEquals(findings.faults(), [{
      origin: { file, line: null, column: null },
      message: "cannot read this file: it does not exist; check the path",
    }]);
    await Deno.writeTextFile(file, "[network]\nmode = 'limited'");
    const read = await readLayers(source, findings);
    assertEquals([plain(read.table), read.file], [{ network: { mode: "limited" } }, file]);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("readLayers() takes foreign keys in the home file, not in --config and not in -c", async () => {
  const homeFile = await Deno.makeTempFile({ suffix: ".toml" });
  try {
    await Deno.writeTextFile(homeFile, "model = 1\n[network]\n");
    const shared = { overrides: ["model=2"], allow: [], deny: [], foreignKeys: true };
    const home = new Findings();
    await readLayers({ ...shared, homeFile }, home);
    const file = new Findings();
    await readLayers({ ...shared, file: homeFile }, file);
    assertEquals([home.faults().length, home.notices().length], [1, 1]);
    assertEquals([file.faults().length, file.notices().length], [2, 0]);
  } finally {
    await Deno.remove(homeFile);
  }
});

Deno.test("readLayers() takes another program's file without a policy for none at all", async () => {
  const homeFile = await Deno.makeTempFile({ suffix: ".toml" });
  const read = async (text: string, foreignKeys: boolean) => {
    await Deno.writeTextFile(homeFile, text);
    const findings = new Findings();
    const source = { overrides: [], allow: [], deny: [], homeFile, foreignKeys };
    const { file, defaults } = await readLayers(source, findings);
    return [file === homeFile, defaults.ask, findings.faults().length, findings.notices().length];
  };
  try {
    const theirs = 'model = "x"\nsandbox_mode = "read-only"\n[features]\nweb = true\n';
    assertEquals(await read(theirs, true), [false, true, 0, 0]);
    assertEquals(await read(`${theirs}network_proxy = true`, true), [true, false, 2, 1]);
    assertEquals(await read(`${theirs}[permissions.p.network]\n`, true), [true, false, 2, 1]);
    assertEquals(await read(`${theirs}[netwrok]\n`, true), [true, false, 2, 1]);
    assertEquals((await read(theirs, false))[0], true);
  } finally {
    await Deno.remove(homeFile);
  }
});

Deno.test("filePlace() has no line", () => {
  assertEquals(filePlace("x").origin, { file: "x", line: null, column: null });
});

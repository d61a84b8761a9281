import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { loadConfig } from "../../src/config/config.ts";
import { readProjectFiles } from "../../src/config/project_files.ts";
import { redactedNetwork } from "../../src/config/redacted.ts";
import { DEFAULT_NETWORK, EMBEDDED_NETWORK } from "../../src/config/network_table.ts";
import { filePlace, type Layer, readLayers } from "../../src/config/source_layers.ts";
import { Findings } from "../../src/config/toml/findings.ts";
import {
  faultsOfLayers,
  hostsOf,
  type Layers,
  load,
  loadLayers,
  named,
  plain,
  print,
} from "./load.ts";

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
    '-c in "x=1": unknown key "x": remove it; a policy is one table, [network]',
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
    assertEquals(await read(`${theirs}network_proxy = true`, true), [true, false, 0, 1]);
    assertEquals(await read(`${theirs}[permissions.p.network]\n`, true), [true, false, 0, 1]);
    assertEquals(await read(`${theirs}[netwrok]\n`, true), [true, false, 1, 1]);
    assertEquals((await read(theirs, false))[0], true);
  } finally {
    await Deno.remove(homeFile);
  }
});

const p = (network: string) => `default_permissions = "p"\n[permissions.p.network]\n${network}`;
const domains = (entries: string) => p(`domains = { ${entries} }`);

/** Files, lowest first, and the hosts that come of them. */
const HOSTS: readonly (readonly [Layers, readonly string[], ...string[]])[] = [
  // A higher file overlays single hosts.
  [
    {
      user: domains('"l.test" = "allow", "b.test" = "deny"'),
      profile: domains('"h.test" = "allow"'),
    },
    [],
    "allow l.test",
    "allow h.test",
    "deny b.test",
  ],
  // And overrides the same host, in whichever list it is.
  [
    {
      user: domains('"same.test" = "deny", "other.test" = "allow"'),
      profile: domains('"same.test" = "allow"'),
    },
    [],
    "allow same.test",
    "allow other.test",
  ],
  // However it is spelled.
  [
    { user: domains('"example.com" = "allow"'), profile: domains('"EXAMPLE.COM" = "deny"') },
    [],
    "deny example.com",
  ],
  [
    {
      system: '[network]\ndomains = { "A.test" = "deny" }',
      user: '[network.domains]\n"a.test." = "allow"',
    },
    [],
    "allow a.test",
  ],
  [
    {
      user: "[features.network_proxy.domains]\n'A.test' = 'deny'",
      profile: "[features.network_proxy.domains]\n'a.test' = 'allow'",
    },
    [],
    "allow a.test",
  ],
  // A parent in another file, and a child that spells the host in another way.
  [
    {
      system: '[permissions.base.network.domains]\n"example.com" = "allow"\n"b.test" = "allow"',
      user:
        '[permissions.p]\nextends = "base"\n[permissions.p.network.domains]\n"EXAMPLE.COM" = "deny"',
      profile: 'default_permissions = "p"',
    },
    [],
    "allow b.test",
    "deny example.com",
  ],
  // The parent is changed above its child.
  [
    {
      system: '[permissions.p]\nextends = "base"\n[permissions.base.network]',
      user: domains('"a.test" = "allow"'),
      project: '[permissions.base.network.domains]\n"b.test" = "deny"',
    },
    [],
    "allow a.test",
    "deny b.test",
  ],
  // Only the profile counts that is selected in the end.
  [
    {
      user: domains('"p.test" = "allow"'),
      profile: 'default_permissions = "q"\n[permissions.q.network.domains]\n"q.test" = "allow"',
    },
    [],
    "allow q.test",
  ],
  [
    {
      user: domains('"p.test" = "allow"') + '\n[permissions.q.network.domains]\n"q.test" = "allow"',
    },
    ["default_permissions=q"],
    "allow q.test",
  ],
  // Lists replace.
  [
    {
      user: '[network]\nallowed_domains = ["a.test"]\ndenied_domains = ["b.test"]',
      project: '[network]\nallowed_domains = ["c.test"]',
    },
    [],
    "allow c.test",
    "deny b.test",
  ],
  [
    { user: domains('"a.test" = "allow"') },
    ['permissions.p.network.domains={"A.test"="deny"}'],
    "deny a.test",
  ],
];

for (const [layers, overrides, ...expected] of HOSTS) {
  Deno.test(`readLayers() merges ${JSON.stringify(layers)} and ${overrides}`, async () => {
    assertEquals(hostsOf(await loadLayers(layers, overrides)), expected);
  });
}

/** A hook, and its action; a higher file changes one of them by its name. */
const HOOKS = p(`mode = "full"
[permissions.p.network.mitm.hooks.write]
host = "a.test"
methods = ["POST"]
path_prefixes = ["/"]
action = ["strip"]
[permissions.p.network.mitm.actions.strip]
strip_request_headers = ["authorization"]
`);
const NAMED: readonly (readonly [string, string, string])[] = [
  [
    'default_permissions = "p"',
    "a.test POST /",
    "authorization",
  ],
  [
    '[permissions.p.network.mitm.actions.strip]\nstrip_request_headers = ["x-api-key"]',
    "a.test POST /",
    "x-api-key",
  ],
  [
    '[permissions.p.network.mitm.hooks.write]\nmethods = ["PUT"]',
    "a.test PUT /",
    "authorization",
  ],
];

for (const [above, rule, strip] of NAMED) {
  Deno.test(`readLayers() overrides hooks and actions by name: ${rule} ${strip}`, async () => {
    const config = await loadLayers({ user: HOOKS, project: above });
    const [written, ...others] = redactedNetwork(config).rules;
    assertEquals([written!.rule, written!.strip, others], [rule, [strip], []]);
    assertEquals(config.network.mitm, true);
  });
}

/** Files, flags, and where a switch would take the place of hooks. */
const LOST_HOOKS: readonly (readonly [Layers, readonly string[], string])[] = [
  [{ user: HOOKS, project: "[permissions.p.network]\nmitm = true" }, [], "project:2:1"],
  [{ system: HOOKS, user: "[permissions.p.network]\nmitm = false" }, [], "user:2:1"],
  [{ user: HOOKS }, ["permissions.p.network.mitm=true"], "-c"],
  [
    { user: HOOKS, project: '[permissions.q]\nextends = "p"\nnetwork.mitm = true' },
    ["default_permissions=q"],
    "project:3:9",
  ],
];

for (const [files, overrides, where] of LOST_HOOKS) {
  Deno.test(`readLayers() loses no hooks to a switch above them: ${where}`, async () => {
    const [first = ""] = await faultsOfLayers(files, overrides);
    assert(first.startsWith(where), first);
    assertStringIncludes(first, '"mitm" would take the place of the hooks at ');
  });
}

const POST = '[network]\nmitm = true\nallowed_domains = ["a.test"]\n' +
  '[network.rules]\n"a.test" = { methods = ["POST"] }\n';

for (const host of ["a.test", "A.test", "a.test.", "a.test:443"]) {
  Deno.test(`readLayers() overrides the request rule of a host in whatever spelling: ${host}`, async () => {
    const user = `[network.rules]\n"${host}" = "read"\n`;
    const written = redactedNetwork(await loadLayers({ system: POST, user })).rules;
    const expected = host.includes(":") ? ["a.test POST", "a.test:443 read"] : ["a.test read"];
    assertEquals(written.map(({ rule }) => rule), expected);
  });
}

Deno.test("readLayers() keeps both rules where one file has two spellings of a host", async () => {
  const system = `${POST}"A.test" = "read"\n`;
  const written = redactedNetwork(await loadLayers({ system })).rules;
  assertEquals(written.map(({ rule }) => rule), ["a.test POST", "A.test read"]);
});

/** Files and flags that switch the feature, and what `network.mode` and the switch are. */
const FEATURES: readonly (readonly [Layers, readonly string[], boolean | null, string])[] = [
  [{ user: "features.network_proxy = true" }, [], true, "full"],
  [
    { user: "features.network_proxy = true", profile: "features.network_proxy.mode = 'limited'" },
    [],
    true,
    "limited",
  ],
  [
    { user: "features.network_proxy.mode = 'limited'", profile: "features.network_proxy = true" },
    [],
    true,
    "limited",
  ],
  [
    { user: "features.network_proxy.mode = 'limited'", profile: "features.network_proxy = false" },
    [],
    false,
    "limited",
  ],
  // A flag with a dot replaces the switch; one that names it again does not lose it.
  [
    { user: "features.network_proxy = true" },
    ["features.network_proxy.mode=limited"],
    null,
    "limited",
  ],
  [
    { user: "features.network_proxy = true" },
    ["features.network_proxy.enabled=true", "features.network_proxy.mode=limited"],
    true,
    "limited",
  ],
  [
    { user: "features.network_proxy.mode = 'limited'" },
    ["features.network_proxy=true", "features.network_proxy=false"],
    false,
    "limited",
  ],
  [{ user: "" }, ["features.network_proxy={mode='limited'}"], null, "limited"],
];

for (const [layers, overrides, feature, mode] of FEATURES) {
  Deno.test(`readLayers() of ${JSON.stringify(layers)} and ${overrides}: ${feature}`, async () => {
    const { selection, network } = await loadLayers(layers, overrides);
    assertEquals([selection.feature, network.mode], [feature, mode]);
  });
}

Deno.test("readLayers() says which switch a dotted flag takes the place of", async () => {
  const flag = "features.network_proxy.mode=limited";
  const { notices } = await loadLayers({ user: "features.network_proxy = true" }, [flag]);
  assertEquals(
    print(notices),
    [
      "file no host is allowed: every request will be blocked",
      `-c in "${flag}": "network_proxy" becomes a table: true is lost`,
    ],
  );
});

const SYSTEM =
  "[network]\nenabled = true\nmode = 'limited'\nvia = true\nask = true\nsni_binding = true";
const ABOVE: Layers = {
  system: SYSTEM,
  user: "[network]\nmode = 'full'\nvia = false\nask = false\nsni_binding = false",
  profile: "[network]\nvia = true\nask = true\nsni_binding = true",
  project: "[network]\nask = false\nsni_binding = false",
};

/** A key, what it is, and what wrote it. */
const WINNERS: readonly (readonly [string, unknown, string])[] = [
  ["enabled", true, "system:2:1"],
  ["mode", "full", "user:2:1"],
  ["via", true, "profile:2:1"],
  ["ask", false, "project:2:1"],
  ["sni_binding", true, "-c"],
];

for (const [key, value, origin] of WINNERS) {
  Deno.test(`readLayers() takes "${key}" from ${origin}`, async () => {
    const config = await loadLayers(ABOVE, [
      "network.sni_binding=false",
      "network.sni_binding=true",
    ]);
    assertEquals(Object.entries(config.network).find(([name]) => name === key), [key, value]);
    assertEquals(named(config.originOf(`network.${key}`)!), origin);
  });
}

/** Keys of a policy that is not written in `[network]`, and where they were. */
const ORIGINS: readonly (readonly [string, string | undefined])[] = [
  ["network", "system:1:19"],
  ["network.enabled", "system:2:1"],
  ["network.mode", "user:3:1"],
  ["network.mitm", "user:3:1"],
  ["network.allowed_domains", "profile:1:27"],
  ["network.via", "-c"],
  ["network.enable_socks5", "user:5:1"],
  ["permissions.p.network.mode", "user:3:1"],
  ["network.ask", undefined],
];

for (const [key, origin] of ORIGINS) {
  Deno.test(`readLayers() knows where ${key} of a profile was written: ${origin}`, async () => {
    const config = await loadLayers({
      system: "[permissions.base.network]\nenabled = true",
      user: "default_permissions = 'p'\n[permissions.p.network]\nmode = 'limited'\n" +
        "[features.network_proxy]\nenable_socks5 = false",
      profile: "permissions.p = { network.domains = { 'a.test' = 'allow' } }",
      project: "permissions.p.extends = 'base'",
    }, ["network.via=false"]);
    const found = config.originOf(key);
    assertEquals(found && named(found), origin);
  });
}

Deno.test("readLayers() says nothing of a key that nobody wrote", async () => {
  const { originOf } = await loadConfig({ overrides: [], allow: [], deny: [] });
  assertEquals(originOf("network"), undefined);
});

/** The layers, each as `name state`. */
function states(layers: readonly Layer[]): readonly string[] {
  return layers.map(({ name, file, state }) =>
    `${name} ${named({ file, line: null, column: null })} ${state}`
  );
}

Deno.test("readLayers() lists every file, lowest first", async () => {
  const { layers, sources } = await loadLayers(ABOVE);
  assertEquals(states(layers), [
    "system system read",
    "user user read",
    "profile profile read",
    "project project read",
  ]);
  assertEquals(layers.map(({ why }) => why), [null, null, null, null]);
  assertEquals(sources.length, 1);
  assertEquals(sources[0]!.endsWith("/user.toml"), true);
});

/** The files that are there, and the one that the configuration is called by. */
const MAIN: readonly (readonly [Layers, string])[] = [
  [{ system: "" }, "system"],
  [{ system: "", user: "" }, "user"],
  [{ profile: "", project: "" }, "profile"],
  [{ project: "" }, "project"],
  [{}, "built-in"],
];

for (const [layers, expected] of MAIN) {
  Deno.test(`readLayers() of ${Object.keys(layers)} is called ${expected}`, async () => {
    const { sources: [file], layers: all, network } = await loadLayers(layers);
    assertEquals(named({ file: file!, line: null, column: null }), expected);
    const isThere = (name: string) => Object.hasOwn(layers, name);
    assertEquals(
      all.map(({ name, state }) => [name, state === "read"]),
      all.map(({ name }) => [name, isThere(name)]),
    );
    // Where any file is, the built-in default is not.
    assertEquals(network.ask, expected === "built-in");
  });
}

Deno.test("readLayers() needs the file of --profile, and tells of it in its turn", async () => {
  const homeFile = await Deno.makeTempFile({ suffix: ".toml" });
  const profileFile = "/nonexistent/p.config.toml";
  try {
    await Deno.writeTextFile(homeFile, "x = 1");
    const findings = new Findings();
    await readLayers({ homeFile, profileFile, overrides: [], allow: [], deny: [] }, findings);
    const [inHome, ...others] = findings.faults();
    assertEquals([inHome?.origin.file, others], [homeFile, [{
      origin: { file: profileFile, line: null, column: null },
      message: "cannot read this file: it does not exist; check the path",
    }]]);
  } finally {
    await Deno.remove(homeFile);
  }
});

Deno.test("readLayers() tells the faults of all files, lowest first", async () => {
  const wrong = "[network]\nmode = 1";
  const layers = { system: "x = 1", user: "y = 1", profile: "z", project: wrong };
  assertEquals(
    (await faultsOfLayers(layers, ["network.via=1"])).map((each) => each.split(" ")[0]),
    [
      "system:1:1",
      "user:1:1",
      "profile:1:1",
      "project:2:8",
      "-c",
    ],
  );
});

Deno.test("readLayers() does not open a project that is not trusted, and lists it", async () => {
  const folder = await Deno.makeTempDir();
  const read = async (trusted: boolean) => {
    const project = await readProjectFiles(folder, Deno.build.os, trusted);
    const findings = new Findings();
    const { layers } = await readLayers({ project, overrides: [], allow: [], deny: [] }, findings);
    return [layers, findings.faults().length];
  };
  try {
    // Whoever opens a folder to read it gets a fault.
    const file = `${folder}/.doorward/config.toml`;
    await Deno.mkdir(file, { recursive: true });
    const why = "the project is not trusted: --trust-project reads it";
    assertEquals(await read(false), [[{ name: "project", file, state: "disabled", why }], 0]);
    assertEquals(await read(true), [[{ name: "project", file, state: "read", why: null }], 1]);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("readLayers() lets a trusted project overlay, and one that is not change nothing", async () => {
  const folder = await Deno.makeTempDir();
  const hosts = async (trusted: boolean) => {
    const project = await readProjectFiles(folder, Deno.build.os, trusted);
    return hostsOf(await load(domains('"a.test" = "deny", "b.test" = "deny"'), { project }));
  };
  try {
    await Deno.mkdir(`${folder}/.doorward`);
    const text = '[permissions.p.network.domains]\n"A.test" = "allow"';
    await Deno.writeTextFile(`${folder}/.doorward/config.toml`, text);
    assertEquals(await hosts(false), ["deny a.test", "deny b.test"]);
    assertEquals(await hosts(true), ["allow a.test", "deny b.test"]);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("readLayers() says why it takes another program's file for none at all", async () => {
  const homeFile = await Deno.makeTempFile({ suffix: ".toml" });
  try {
    await Deno.writeTextFile(homeFile, "model = 1");
    const source = { homeFile, foreignKeys: true, overrides: [], allow: [], deny: [] };
    const { layers: [layer] } = await readLayers(source, new Findings());
    assertEquals(layer, {
      name: "user",
      file: homeFile,
      state: "disabled",
      why: "it is another program's, and says nothing of the network",
    });
  } finally {
    await Deno.remove(homeFile);
  }
});

Deno.test("filePlace() has no line", () => {
  assertEquals(filePlace("x").origin, { file: "x", line: null, column: null });
});

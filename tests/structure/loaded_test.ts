import { assertEquals } from "@std/assert";

const root = new URL("../../", import.meta.url);

/** What costs time or memory to load, or is a lot, and by what it is known. */
const PARTS: readonly (readonly [string, RegExp])[] = [
  ["configuration", /^src\/config\/config\.ts$/],
  ["TOML", /^npm:smol-toml$/],
  ["public suffixes", /^npm:tldts$/],
  ["records in files", /^src\/audit\/file\/log_file\.ts$/],
  ["summaries of records", /^src\/audit\/summary\//],
  ["proxy", /^src\/proxy\/proxy\.ts$/],
  ["workers", /^src\/proxy\/workers\/crew\.ts$/],
  ["admin API", /^src\/admin\//],
  ["routes of it", /^npm:hono$/],
  ["certificates", /^npm:(@peculiar\/x509|reflect-metadata)$/],
  ["TLS", /^node:tls$/],
  ["HTTP/2", /^node:http2$/],
  ["OpenTelemetry", /^npm:@opentelemetry\/|^src\/library\/otlp\//],
];

/** What each command loads in any case, beside what all have. The rest is loaded by whoever turns out to need it. */
const COMMANDS: Readonly<Record<string, readonly string[]>> = {
  // `version`, `help`, and what is wrong with a command line.
  "src/cli/cli.ts": [],
  "src/cli/start.ts": ["configuration", "TOML", "records in files"],
  "src/cli/run.ts": ["configuration", "TOML", "records in files"],
  "src/cli/learn/learn.ts": ["configuration", "TOML", "records in files"],
  "src/cli/doctor/doctor.ts": ["configuration", "TOML", "records in files"],
  "src/cli/completions/completions.ts": [],
  "src/cli/manual/man.ts": [],
  "src/cli/init.ts": ["configuration", "TOML"],
  "src/cli/presets.ts": [],
  "src/cli/check.ts": ["configuration", "TOML"],
  "src/cli/explain.ts": ["configuration", "TOML"],
  "src/cli/env.ts": ["configuration", "TOML"],
  "src/cli/ca.ts": ["configuration", "TOML"],
  "src/cli/config.ts": ["configuration", "TOML"],
  "src/cli/audit/audit.ts": ["summaries of records"],
  "src/cli/connect.ts": [],
  "src/cli/admin/execute.ts": ["configuration", "TOML"],
};

/** What is loaded once it is needed, and by which file. A static import of one would load it for everybody. */
const LATE: Readonly<Record<string, readonly string[]>> = {
  "src/cli/cli.ts": Object.keys(COMMANDS).filter((file) => file !== "src/cli/cli.ts").sort(),
  // Where no proxy is named.
  "src/cli/connect.ts": ["src/cli/config_source.ts", "src/config/config.ts"],
  "src/cli/start.ts": ["src/cli/open_admin.ts"],
  "src/cli/surroundings.ts": [
    "src/admin/serve.ts",
    "src/cli/doctor/system_instruments.ts",
    "src/proxy/proxy.ts",
  ],
  // With a pattern that has a star in it.
  "src/config/public_suffix.ts": ["npm:tldts"],
  // Where HTTPS is looked into, for programs that trust only what one file holds.
  "src/config/system_roots.ts": ["node:tls"],
  // Once HTTP/2 is spoken inside TLS.
  "src/http/http2/client.ts": ["node:http2", "node:stream"],
  "src/http/http2/server.ts": ["node:http2", "node:stream"],
  // Where a collector is named.
  "src/library/open_audit.ts": ["src/library/otlp/otlp_sink.ts"],
  "src/library/otlp/messages/otlp_packages.ts": [
    "npm:@opentelemetry/api",
    "npm:@opentelemetry/otlp-transformer",
    "npm:@opentelemetry/resources",
    "npm:@opentelemetry/sdk-metrics",
  ],
  "src/library/workers/open_workers.ts": ["src/proxy/workers/crew.ts"],
  // Once TLS is spoken by us.
  "src/net/tls_client.ts": ["node:stream", "node:tls"],
  "src/net/tls_server.ts": ["node:stream", "node:tls"],
  // Where a certificate is read or made.
  "src/tls/x509.ts": ["npm:@peculiar/x509", "npm:reflect-metadata"],
};

Deno.test("each command loads at once what it needs, and no more", async () => {
  const graph = await moduleGraph();
  const loaded = Object.keys(COMMANDS).map((file) => {
    const modules = loadedWith(file, graph);
    const parts = PARTS.filter(([, known]) => modules.some((name) => known.test(name)));
    return [file, parts.map(([part]) => part)];
  });
  assertEquals(Object.fromEntries(loaded), COMMANDS);
});

Deno.test("what is loaded only once it is needed is loaded by one file each", async () => {
  const late = [...await moduleGraph()].flatMap(([file, { later }]) =>
    later.length === 0 ? [] : [[file, [...later].sort()] as const]
  );
  assertEquals(Object.fromEntries(late), LATE);
});

/** What a module imports: with it, and while it runs. */
interface Imports {
  readonly atOnce: readonly string[];
  readonly later: readonly string[];
}

/** What `deno info` tells of a module, as far as it is read here. */
interface ModuleInfo {
  readonly specifier: string;
  readonly dependencies?: readonly {
    readonly specifier: string;
    /** Absent of types alone. */
    readonly code?: { readonly specifier?: string };
    readonly isDynamic?: true;
  }[];
}

/** The modules that `main.ts` can come to: ours by their paths, packages without their versions. */
async function moduleGraph(): Promise<ReadonlyMap<string, Imports>> {
  const { stdout } = await new Deno.Command(Deno.execPath(), {
    args: ["info", "--json", "main.ts"],
    cwd: root,
    stderr: "null",
  }).output();
  const { modules }: { modules: readonly ModuleInfo[] } = JSON.parse(
    new TextDecoder().decode(stdout),
  );
  return new Map(modules.map(({ specifier, dependencies = [] }) => {
    const imported = (isDynamic: boolean) =>
      dependencies
        .filter((one) => (one.isDynamic ?? false) === isDynamic && one.code !== undefined)
        .map((one) => nameOf(one.code?.specifier ?? one.specifier));
    return [nameOf(specifier), { atOnce: imported(false), later: imported(true) }];
  }));
}

function nameOf(specifier: string): string {
  if (specifier.startsWith(root.href)) return specifier.slice(root.href.length);
  return specifier.replace(/^(npm:.+)@.*$/, "$1");
}

/** A module, and all that comes with it. */
function loadedWith(file: string, graph: ReadonlyMap<string, Imports>): readonly string[] {
  const loaded = new Set([file]);
  // What is added while the set is gone through is gone through, too.
  for (const name of loaded) graph.get(name)?.atOnce.forEach((other) => loaded.add(other));
  return [...loaded];
}

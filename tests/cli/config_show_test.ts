import { assertEquals, assertStringIncludes } from "@std/assert";
import { cli } from "../../src/cli/cli.ts";
import { assertGolden } from "../support/golden.ts";
import { fakeSurroundings } from "./fake_surroundings.ts";

const FOLDER = new URL("./config_show/", import.meta.url).pathname;
/** Files as they were published. */
const SEEDS = new URL("../config/seeds/", import.meta.url).pathname;

/** The examples, each with a page of what is shown of it. */
const EXAMPLES: readonly (readonly [string, string])[] = [
  [FOLDER, "profile"],
  [FOLDER, "sandbox"],
  [FOLDER, "flat"],
  [FOLDER, "otel"],
  [SEEDS, "network"],
  [SEEDS, "network_proxy"],
  [SEEDS, "profile_lists"],
  [SEEDS, "profile_feature"],
  [SEEDS, "sandbox_feature"],
];

for (const [folder, name] of EXAMPLES) {
  Deno.test(`config show prints what ${name}.golden.txt holds`, async () => {
    const { out } = await show(`${folder}${name}.toml`);

    await assertGolden(out.replaceAll(folder, "/etc/me/"), `${FOLDER}${name}.golden.txt`);
  });
}

Deno.test("config show shows where records go, and no secret", async () => {
  for (const words of [[], ["--json"]]) {
    const { out } = await show(`${FOLDER}otel.toml`, ...words);
    assertStringIncludes(out, "https://collector.example.com:4318/…");
    assertEquals(out.includes("secret"), false);
  }
});

Deno.test("config show --json holds the same", async () => {
  const file = `${FOLDER}profile.toml`;
  const { out } = await show(file, "--json", "--allow", "a.test", "-c", "network.ask=true");
  const { layers, flags, policy, settings, filesystem, runtime } = JSON.parse(out);
  assertEquals(layers, [{ name: "user", file, state: "read", why: null }]);
  assertEquals(flags, ["-c network.ask=true", "--allow a.test"]);
  assertEquals(policy, {
    surface: "profile",
    why: `default_permissions at ${file}:1:1`,
    profile: ["workspace", "base", ":workspace"],
    description: "for work",
    feature: true,
    switched: { network: "enabled", proxy: "on" },
    off: null,
  });
  assertEquals(settings.ask, { value: true, origin: "-c" });
  assertEquals(settings.via, { value: true, origin: "default" });
  assertEquals(settings.allowed_domains.at(-1), { value: "a.test", origin: "--allow" });
  assertEquals(settings["limits.head_bytes"], { value: 2048, origin: `${file}:17:12` });
  assertEquals(settings.rules, [{
    value: { rule: "api.github.com GET /repos/", strip: ["cookie"], inject: [] },
    origin: `${file}:20:30`,
  }]);
  assertEquals(filesystem, [
    { path: ":minimal", subpath: null, access: "read" },
    { path: ":project_roots", subpath: "docs", access: "write" },
  ]);
  assertEquals(runtime, {
    HTTP_PROXY: "http://127.0.0.1:43128",
    ALL_PROXY: "http://127.0.0.1:43128",
  });
});

Deno.test("config show tells what is required, and where", async () => {
  const file = await Deno.makeTempFile({ suffix: ".toml" });
  try {
    await Deno.writeTextFile(
      file,
      `[experimental_network]
mode = "limited"
domains = { "a.test" = "allow", "b.test" = "deny" }
unix_sockets = {}
[features]
network_proxy = true
`,
    );
    const { out } = await show(`${FOLDER}flat.toml`, "--json", "--requirements", file);
    const { requirements, flags, settings } = JSON.parse(out);
    assertEquals(flags, [`requirements ${file}`]);
    assertEquals(requirements, {
      mode: { value: "limited", origin: `${file}:2:1` },
      "features.network_proxy": { value: true, origin: `${file}:6:1` },
      domains: [
        { value: "a.test = allow", origin: `${file}:3:13` },
        { value: "b.test = deny", origin: `${file}:3:33` },
      ],
      unix_sockets: [],
    });
    assertEquals(settings.mode, { value: "limited", origin: `${file}:2:1` });
    assertEquals(settings.denied_domains, [{ value: "b.test", origin: `${file}:3:33` }]);
  } finally {
    await Deno.remove(file);
  }
});

Deno.test("config show tells what is switched off, and where", async () => {
  const { out } = await show(`${FOLDER}profile.toml`, "-c", "features.network_proxy=false");
  assertStringIncludes(out, "start, run  off: features.network_proxy is false (-c)");
});

Deno.test("config show prints no secret", async () => {
  const { out } = await show(
    `${FOLDER}flat.toml`,
    "--json",
    "-c",
    "network.upstream_proxy=http://me:hush@proxy.test:80",
    "-c",
    "network.ask_webhook=https://hooks.test/hush",
  );
  assertEquals(out.includes("hush"), false);
});

Deno.test("config show tells of a fault, and prints nothing", async () => {
  const { code, out, err } = await show(`${FOLDER}flat.toml`, "-c", "network.mode=fast");
  assertEquals([code, out], [125, ""]);
  assertStringIncludes(err, '"mode" is "fast"');
});

async function show(file: string, ...words: readonly string[]) {
  const here = fakeSurroundings();
  const code = await cli(["config", "show", "--config", file, ...words], here);
  return { code, ...here.printed() };
}

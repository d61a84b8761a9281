import { assertEquals } from "@std/assert";
import type { OtelConfig } from "../../../src/config/otel/otel_config.ts";
import { OTEL_DEFAULTS, OTEL_KEYS } from "../../../src/config/otel/read_otel.ts";
import { makeAuthority } from "../../support/authority.ts";
import { makeScratch } from "../../support/scratch.ts";
import { faultsOf, type Flags, load, loadLayers, noticesOf } from "../load.ts";

const HERE = 'exporter = { otlp-http = { endpoint = "http://127.0.0.1:4318" } }';
const THERE = '{ otlp-http = { endpoint = "https://there.test" } }';

/** Where the signals go: `logs traces metrics`. */
function placesOf(otel: OtelConfig | null): string {
  if (otel === null) return "nowhere";
  return [otel.logs, otel.traces, otel.metrics]
    .map((target) => target === null ? "none" : target.url.host).join(" ");
}

/** Files, and where the signals go by them. */
const PLACES: readonly (readonly [string, string])[] = [
  ["", "nowhere"],
  ["[otel]", "nowhere"],
  ['[otel]\nexporter = "none"', "nowhere"],
  [`[otel]\n${HERE}`, "127.0.0.1:4318 127.0.0.1:4318 127.0.0.1:4318"],
  [
    `[otel]\n${HERE}\ntrace_exporter = "none"\nmetrics_exporter = "statsig"`,
    "127.0.0.1:4318 none none",
  ],
  [`[otel]\ntrace_exporter = ${THERE}`, "none there.test none"],
  [`[otel]\n${HERE}\nmetrics_exporter = ${THERE}`, "127.0.0.1:4318 127.0.0.1:4318 there.test"],
  [`[otel]\n${HERE}\n[analytics]\nenabled = false`, "127.0.0.1:4318 127.0.0.1:4318 none"],
  [`[otel]\nmetrics_exporter = ${THERE}\n[analytics]\nenabled = false`, "nowhere"],
  [`[otel]\nmetrics_exporter = ${THERE}\n[analytics]\nenabled = true`, "none none there.test"],
  [
    '[otel.exporter.otlp-http]\nendpoint = "http://127.0.0.1:4318/v1/logs"',
    "127.0.0.1:4318 127.0.0.1:4318 127.0.0.1:4318",
  ],
];

for (const [text, expected] of PLACES) {
  Deno.test(`readOtel() of ${JSON.stringify(text)} exports to ${expected}`, async () => {
    assertEquals(placesOf((await load(text)).otel), expected);
  });
}

Deno.test("readOtel() gives each signal its path, and the defaults of upstream", async () => {
  const { otel } = await load(
    '[otel.exporter.otlp-http]\nendpoint = "http://127.0.0.1:4318/v1/logs"\nheaders = { A = "b" }',
  );
  const { environment, intervalSeconds, logs, traces, metrics } = otel!;
  assertEquals([environment, intervalSeconds], ["dev", 60]);
  assertEquals([logs, traces, metrics].map((target) => target?.url.pathname), [
    "/v1/logs",
    "/v1/traces",
    "/v1/metrics",
  ]);
  assertEquals(metrics?.headers, [{ name: "A", key: "a", value: "b" }]);
  assertEquals(OTEL_KEYS, Object.keys(OTEL_DEFAULTS));
});

Deno.test("readOtel() reads the environment and the interval", async () => {
  const { otel } = await load(`[otel]\nenvironment = "prod"\ninterval_seconds = 5\n${HERE}`);
  assertEquals([otel?.environment, otel?.intervalSeconds], ["prod", 5]);
});

const NOTICES: readonly (readonly [string, ...string[]])[] = [
  [
    "[otel]\nfuture = 1\nlog_user_prompt = true\nsampler = {}",
    '2:1 [otel]: ignored "future", "sampler", which Doorward does not know',
    '3:1 "log_user_prompt" has no effect: Doorward sees no prompt',
  ],
  [
    "[otel]\n[analytics]\nsite = 1",
    '3:1 [analytics]: ignored "site", which Doorward does not know',
  ],
  [
    `[otel]\n${HERE}\n[analytics]\nenabled = false`,
    '4:1 "analytics.enabled" is false: [otel] exports no metrics',
  ],
  ["[otel]\n[analytics]\nenabled = false"],
];

for (const [text, ...expected] of NOTICES) {
  Deno.test(`readOtel() says of ${JSON.stringify(text)} what has no effect`, async () => {
    const notices = await noticesOf(`[network]\nask = true\n${text}`);
    const shift = (notice: string) => notice.replace(/^\d+/, (line) => String(Number(line) - 2));
    assertEquals(notices.map(shift), [...expected]);
  });
}

const REFUSED: readonly (readonly [string, ...string[]])[] = [
  ["otel = 1", '1:8 "otel" is no table: write [otel]'],
  ['analytics = "x"', '1:13 "analytics" is no table: write [analytics]'],
  ["[otel]\nenvironment = 1", '2:15 "environment" is 1: expected text in quotes'],
  [
    "[otel]\ninterval_seconds = 0",
    '2:20 "interval_seconds" is 0: expected a whole number from 1 to 3600',
  ],
  [
    "[analytics]\nenabled = 1",
    '2:11 "analytics.enabled" is 1: expected true or false',
  ],
  [
    '[otel]\nexporter = { otlp-http = { endpoint = "http://a.test" } }',
    '2:39 "endpoint" names no place to export to: ' +
    "http is for this machine only (127.0.0.1, localhost): write https",
  ],
  ["[otell]", '1:2 unknown key "otell": did you mean "otel"?'],
];

for (const [text, ...expected] of REFUSED) {
  Deno.test(`readOtel() refuses ${JSON.stringify(text)}`, async () => {
    assertEquals(await faultsOf(text), expected);
  });
}

Deno.test("readOtel() reads the file of authorities, and tells each fault of it once", async () => {
  await using scratch = await makeScratch();
  const { caFile, ca, certFile, keyFile } = await makeAuthority(["DNS:c.test"], scratch);
  const file = (path: string) =>
    '[otel]\nexporter = { otlp-http = { endpoint = "https://c.test", tls = { ca-certificate = ' +
    `${JSON.stringify(path)} } } }`;
  const { otel } = await load(file(caFile));
  assertEquals([otel?.logs?.caFile, otel?.logs?.authorities?.length], [caFile, 1]);
  assertEquals(otel?.logs?.authorities?.[0]?.replaceAll(/\s/g, ""), ca.replaceAll(/\s/g, ""));
  const why = async (path: string) =>
    (await faultsOf(file(path))).map((fault) => fault.slice(fault.indexOf(`": `) + 3));
  const start = '"ca-certificate" names no list of authorities: ';
  const column = file(certFile).split("\n")[1]!.indexOf(JSON.stringify(certFile)) + 1;
  const [told = ""] = await faultsOf(file(certFile));
  assertEquals(told.startsWith(`2:${column} ${start}`), true, told);
  assertEquals(await why(certFile), ["certificate 1 in it is a server's, not an authority's"]);
  assertEquals((await why(keyFile)).length, 1);
  assertEquals((await why(`${caFile}.none`)).length, 1);
});

Deno.test("readOtel() reads no variable of the environment", async () => {
  const env = {
    OTEL_EXPORTER_OTLP_ENDPOINT: "http://127.0.0.1:4318",
    OTEL_EXPORTER_OTLP_HEADERS: "a=b",
  };
  assertEquals((await load("", { env })).otel, null);
});

const FOREIGN: Flags = { foreignKeys: true };

Deno.test("what another program's file says of its exports is not ours", async () => {
  const text = `model = 1\n[otel]\n${HERE}\n[analytics]\nenabled = false\n[network]\nask = true`;
  const config = await load(text, FOREIGN);
  assertEquals(config.otel, null);
  assertEquals(await noticesOf(text, FOREIGN), [
    `1:1 this file is another program's too: ignored "model", "otel", "analytics"`,
  ]);
  // Nor is such a file ours for nothing but that.
  const alone = await load(`[otel]\n${HERE}`, FOREIGN);
  assertEquals(alone.layers.map(({ state }) => state), ["disabled"]);
  const flags = { ...FOREIGN, overrides: [`otel.exporter=${THERE}`] };
  assertEquals(placesOf((await load(text, flags)).otel), "there.test there.test there.test");
});

Deno.test("[otel] is laid over like everything else, and shows no secret on the way", async () => {
  const system = '[otel]\nenvironment = "prod"\n[otel.exporter.otlp-http]\n' +
    'endpoint = "https://c.test/s3cret"\nheaders = { x = "s3cret" }\n[network]\nask = true';
  const user = '[otel]\ninterval_seconds = 5\n[otel.exporter.otlp-http.headers]\ny = "s3cret"';
  const { otel } = await loadLayers({ system, user });
  assertEquals([otel?.environment, otel?.intervalSeconds], ["prod", 5]);
  assertEquals(otel?.logs?.headers.map(({ name }) => name), ["x", "y"]);
  const off = await loadLayers({ system }, ["otel.exporter=none"]);
  assertEquals(off.otel, null);

  const flags = [
    "otel.exporter.otlp-http.endpoint.x=1",
    "otel.exporter.otlp-http.headers.x.y=1",
    'otel.exporter.otlp-http.headers.z="s3cret"',
  ];
  const told = await loadLayers({ system }, flags).then(
    () => "",
    (error) => JSON.stringify(error.faults),
  );
  assertEquals(told.includes("s3cret"), false, told);
  const shown = await loadLayers({ system }, [flags[2]!]);
  assertEquals(JSON.stringify([shown.sources, shown.notices]).includes("s3cret"), false);
});

Deno.test("a table in the place of a secret is told without it", async () => {
  const system = '[network]\nask = true\n[otel.exporter.otlp-http]\nendpoint = "https://c.test"\n' +
    '[otel]\nfuture = "s3cret"';
  const { notices } = await loadLayers({ system, user: "[otel.future]\nx = 1" });
  const [lost] = notices.filter(({ message }) => message.includes("becomes a table"));
  assertEquals(lost?.message, '"future" becomes a table: its value is lost');
});

import { assertEquals } from "@std/assert";
import { type Exporter, readExporter } from "../../../src/config/otel/exporter_key.ts";
import { Findings } from "../../../src/config/toml/findings.ts";
import { print, tableOf } from "../load.ts";

interface Read {
  readonly exporter: Exporter | undefined;
  readonly faults: readonly string[];
  readonly notices: readonly string[];
}

function read(text: string): Read {
  const findings = new Findings();
  const { value } = tableOf(`exporter = ${text}`).entries.get("exporter")!;
  const exporter = readExporter(value, "exporter", findings);
  return { exporter, faults: print(findings.faults()), notices: print(findings.notices()) };
}

Deno.test("readExporter() takes none, and what another program means by it", () => {
  assertEquals(read('"none"'), { exporter: { kind: "none" }, faults: [], notices: [] });
  assertEquals(read('"statsig"'), {
    exporter: { kind: "none" },
    faults: [],
    notices: ['1:12 "exporter" is "statsig", which Doorward does not know: none'],
  });
});

Deno.test("readExporter() takes a collector, binary unless it says otherwise", () => {
  const { exporter, faults } = read('{ otlp-http = { endpoint = "https://c.test" } }');
  assertEquals(faults, []);
  assertEquals(exporter, {
    kind: "otlp-http",
    endpoint: new URL("https://c.test"),
    headers: [],
    protocol: "binary",
    caFile: null,
  });
});

Deno.test({
  name: "readExporter() takes all of a collector",
  ignore: Deno.build.os === "windows",
  fn: () => {
    const { exporter, faults } = read(
      '{ otlp-http = { endpoint = "https://c.test", headers = { X = "y" }, protocol = "json", ' +
        'tls = { ca-certificate = "/etc/ca.pem" } } }',
    );
    assertEquals(faults, []);
    const { kind, ...rest } = exporter!;
    assertEquals(kind, "otlp-http");
    assertEquals({ ...rest, caFile: "caFile" in rest ? rest.caFile?.path : null }, {
      endpoint: new URL("https://c.test"),
      headers: [{ name: "X", key: "x", value: "y" }],
      protocol: "json",
      caFile: "/etc/ca.pem",
    });
  },
});

const EXAMPLE = '{ otlp-http = { endpoint = "http://127.0.0.1:4318" } }';
const NO_EXPORTER = `"exporter" is no exporter: write "none", or ${EXAMPLE}`;
const GRPC = '"exporter" is no exporter: otlp-grpc is not available in this version: ' +
  "write otlp-http; collectors take it at port 4318";
const NO_PLACE = '"endpoint" names no place to export to: ';
const HTTP = "{ otlp-http = { endpoint = ";

/** What is no exporter, and what is said of it. */
const REFUSED: readonly (readonly [string, ...string[]])[] = [
  ['"otlp-http"', NO_EXPORTER],
  ['"https://s3cret.test"', NO_EXPORTER],
  ["true", NO_EXPORTER],
  ["[]", NO_EXPORTER],
  ["{}", NO_EXPORTER],
  ['"otlp-grpc"', GRPC],
  ['{ otlp-grpc = { endpoint = "http://127.0.0.1:4317" } }', GRPC],
  [
    '{ otlp = { endpoint = "s3cret" } }',
    `"exporter" is no exporter: "otlp" is unknown: write ${EXAMPLE}`,
  ],
  [`${HTTP}"https://c.test" }, otlp-grpc = {} }`, GRPC],
  ['{ otlp-http = "https://s3cret.test" }', `"exporter" is no exporter: write ${EXAMPLE}`],
  ["{ otlp-http = {} }", `[otel.exporter.otlp-http] has no "endpoint": write ${EXAMPLE}`],
  [
    `${HTTP}"c.test:4318/s3cret" } }`,
    `${NO_PLACE}it is no URL such as https://collector.example.com:4318`,
  ],
  [`${HTTP}["s3cret"] } }`, `${NO_PLACE}it is no text`],
  [
    `${HTTP}"https://c.test", protocol = "grpc" } }`,
    '"protocol" is "grpc": expected "binary" or "json"',
  ],
  [`${HTTP}"https://c.test", header = {} } }`, 'unknown key "header": did you mean "headers"?'],
  [`${HTTP}"https://c.test", tls = true } }`, '"tls" is no table: write { ca-certificate = "…" }'],
  [
    `${HTTP}"https://c.test", tls = { client-certificate = "/x", ca_certificate = "/y" } } }`,
    '"tls": "client-certificate" is not available in this version: remove it',
    '"tls": "ca_certificate" is unknown: remove it',
  ],
  [
    `${HTTP}"https://c.test", tls = { ca-certificate = "" } } }`,
    '"ca-certificate" is no path: name a file in quotes',
  ],
  [
    `${HTTP}"https://c.test", tls = { ca-certificate = 1 } } }`,
    '"ca-certificate" is no path: name a file in quotes',
  ],
];

for (const [text, ...expected] of REFUSED) {
  Deno.test(`readExporter() refuses ${text}`, () => {
    const { faults } = read(text);
    assertEquals(faults.map((fault) => fault.replace(/^\S+ /, "")), expected);
    assertEquals(faults.join().includes("s3cret"), false);
  });
}

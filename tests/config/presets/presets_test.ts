import { assert, assertEquals } from "@std/assert";
import {
  findPreset,
  needsMitm,
  PRESETS,
  unknownPreset,
} from "../../../src/config/presets/presets.ts";

/** Whoever names one of these asks for it, and is told so. */
const WRITES_TO_STRANGERS = ["github"];

/** Where anybody gets a name, a bucket or a page. */
const SHARED_SUFFIXES = [
  "amazonaws.com",
  "blob.core.windows.net",
  "cdn.jsdelivr.net",
  "esm.sh",
  "ghcr.io",
  "gist.github.com",
  "github.com",
  "github.io",
  "githubusercontent.com",
  "gitlab.com",
  "gitlab.io",
  "hf.co",
  "hf.space",
  "huggingface.co",
  "pages.dev",
  "r2.cloudflarestorage.com",
  "storage.googleapis.com",
  "unpkg.com",
  "workers.dev",
];

const ALL = PRESETS.flatMap(({ name, hosts }) => hosts.map((host) => ({ name, ...host })));

Deno.test("PRESETS only read from hosts that strangers share", () => {
  const written = ALL.filter(({ shared, methods }) => shared && methods !== "read");
  assertEquals([...new Set(written.map(({ name }) => name))], WRITES_TO_STRANGERS);
});

Deno.test("PRESETS know a shared host when they hold one", () => {
  const known = SHARED_SUFFIXES.map((suffix) => `.${suffix}`);
  const unmarked = ALL.filter(({ host, shared }) =>
    !shared && known.some((suffix) => `.${host}`.endsWith(suffix))
  );
  assertEquals(unmarked.map(({ host }) => host), []);
});

Deno.test("PRESETS say the same of a host wherever they name it", () => {
  const shared = new Map(ALL.map(({ host, shared }) => [host, shared]));
  assertEquals(ALL.filter((each) => shared.get(each.host) !== each.shared), []);
});

Deno.test("PRESETS have every name once, and each is found by it", () => {
  assertEquals(new Set(PRESETS.map(({ name }) => name)).size, PRESETS.length);
  for (const preset of PRESETS) assert(findPreset(preset.name) === preset);
});

Deno.test("PRESETS are these, at least", () => {
  const names = `npm pypi cargo go deno debian ubuntu alpine docker maven rubygems nuget packagist
    homebrew github:read github gitlab:read huggingface:read openai anthropic google-ai`;
  assertEquals(names.split(/\s+/).filter((name) => findPreset(name) === null), []);
});

Deno.test("findPreset() finds nothing by another spelling", () => {
  assertEquals(["", "NPM", "npm ", "github:", "__proto__"].map(findPreset), Array(5).fill(null));
});

Deno.test("needsMitm() is true where some host is only read from", () => {
  assertEquals(needsMitm(findPreset("npm")!), false);
  assertEquals(needsMitm(findPreset("npm:read")!), true);
  assertEquals(needsMitm(findPreset("homebrew")!), true);
});

/** What somebody writes, and what they are told. */
const HINTS: readonly (readonly [string, string])[] = [
  ["nmp", 'unknown preset "nmp": did you mean "npm"?'],
  ["GitHub", 'unknown preset "GitHub": did you mean "github"?'],
  ["gitlab", 'unknown preset "gitlab": did you mean "gitlab:read"?'],
  ["pypi:read", 'unknown preset "pypi:read": did you mean "pypi"?'],
  ["cobol", 'unknown preset "cobol": "doorward presets" lists them'],
  ["", 'unknown preset "": "doorward presets" lists them'],
];

for (const [written, told] of HINTS) {
  Deno.test(`unknownPreset() says of "${written}" what was meant`, () => {
    assertEquals(unknownPreset(written), told);
  });
}

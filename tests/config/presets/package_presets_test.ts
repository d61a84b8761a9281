import { assertEquals } from "@std/assert";
import { PACKAGE_PRESETS } from "../../../src/config/presets/package_presets.ts";
import { assertSound, methodsOf } from "./sound_presets.ts";

Deno.test("PACKAGE_PRESETS are sound", async () => {
  await assertSound(PACKAGE_PRESETS);
});

Deno.test("PACKAGE_PRESETS hold what package managers download from", () => {
  const hosts = (name: string) => Object.keys(methodsOf(PACKAGE_PRESETS, name));
  assertEquals(hosts("npm"), ["registry.npmjs.org"]);
  assertEquals(hosts("pypi"), ["pypi.org", "files.pythonhosted.org"]);
  assertEquals(hosts("cargo"), ["index.crates.io", "static.crates.io"]);
  assertEquals(hosts("go"), ["proxy.golang.org", "sum.golang.org"]);
  assertEquals(methodsOf(PACKAGE_PRESETS, "esm:read"), { "esm.sh": "read" });
});

Deno.test("PACKAGE_PRESETS leave out the hosts that do nothing but take packages", () => {
  const all = PACKAGE_PRESETS.flatMap(({ hosts }) => hosts.map(({ host }) => host));
  const takers = ["upload.pypi.org", "crates.io", "api.jsr.io", "www.nuget.org"];
  assertEquals(all.filter((host) => takers.includes(host)), []);
});

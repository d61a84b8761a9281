import { assertEquals } from "@std/assert";
import { newAuthority } from "../../src/tls/authority.ts";
import { makeScratch } from "../support/scratch.ts";
import { faultsOf, load } from "./load.ts";

Deno.test("readUpstreamCaFile() takes a list of authorities, from the folder of the file", async () => {
  await using scratch = await makeScratch();
  const { certificate } = await newAuthority(0);
  const file = await scratch.write("roots.pem", certificate);
  const text = `[network]\nupstream_ca_file = ${JSON.stringify(file)}`;
  assertEquals((await load(text)).upstreamCaFile, file);
  assertEquals((await load(null)).upstreamCaFile, null);
  assertEquals((await load('[network]\nupstream_ca_file = ""')).upstreamCaFile, null);
});

Deno.test("readUpstreamCaFile() tells what is no such list, where it is written", async () => {
  await using scratch = await makeScratch();
  const file = await scratch.write("roots.pem", "words");
  assertEquals(await faultsOf(`[network]\nupstream_ca_file = "${file}"`), [
    `2:20 "upstream_ca_file" names no list of authorities: "${file}": ` +
    "it holds no certificate (-----BEGIN CERTIFICATE-----)",
  ]);
  assertEquals(await faultsOf('[network]\nupstream_ca_file = "/nonexistent/a.pem"'), [
    '2:20 "upstream_ca_file" names no list of authorities: "/nonexistent/a.pem": ' +
    "it does not exist; check the path",
  ]);
});

import { assert, assertEquals } from "@std/assert";
import { LINUX_ROOT_FILES, systemRoots } from "../../src/config/system_roots.ts";
import { newAuthority } from "../../src/tls/authority.ts";
import { makeScratch } from "../support/scratch.ts";

const [first, second] = [await newAuthority(Date.UTC(2027, 0, 1)), await newAuthority(0)];

Deno.test("systemRoots() reads the first file of the system that has any", async () => {
  await using scratch = await makeScratch();
  const files = [
    `${scratch.folder}/none.pem`,
    await scratch.write("empty.pem", "# none\n"),
    await scratch.write("a.pem", `# first\n${first.certificate}${first.key}${first.certificate}`),
    await scratch.write("b.pem", second.certificate),
  ];
  assertEquals(await systemRoots("linux", files), [first.certificate]);
});

Deno.test("systemRoots() falls back to what comes with the runtime, in one form", async () => {
  const roots = await systemRoots("linux", []);
  assert(roots.length > 50);
  assert(roots.every((pem) => /^-----BEGIN CERTIFICATE-----\n[^]+\n$/.test(pem)));
});

Deno.test("systemRoots() asks the runtime on other systems", async () => {
  assert((await systemRoots("darwin", ["/nonexistent"])).length > 50);
  assertEquals(LINUX_ROOT_FILES.length, 8);
});

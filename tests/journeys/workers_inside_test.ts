// Interception by several isolates: one authority, and request rules of one policy.
import { assertEquals, assertStringIncludes } from "@std/assert";
import { makeAuthority } from "../support/authority.ts";
import { makeScratch } from "../support/scratch.ts";
import { startWebOrigin } from "../support/web_origin.ts";
import { startDoorward } from "../support/doorward_cli.ts";
import { runProgram } from "../support/programs.ts";

Deno.test("tunnels are looked into by whichever isolate takes them, with one authority", async () => {
  await using scratch = await makeScratch();
  const authority = await makeAuthority(["DNS:localhost", "IP:127.0.0.1"], scratch);
  const certificate = { ...authority, file: authority.certFile };
  await using server = startWebOrigin(() => new Response("seen"), {
    hostname: "127.0.0.1",
    certificate,
  });
  await scratch.configure(`[network]
enabled = true
workers = 3
allowed_domains = ["127.0.0.1"]
mitm = true
upstream_ca_file = "${authority.caFile}"
[network.rules]
"127.0.0.1" = { methods = ["GET"], paths = ["/allowed"] }
`);
  await using start = await startDoorward([], scratch);
  const bundle = `${scratch.home}/doorward/proxy/ca.pem`;
  const curl = (path: string) =>
    runProgram(
      [
        ...["curl", "-sS", "--noproxy", "", "--max-time", "30", "-x", start.url],
        ...["--cacert", bundle, `${server.url}${path}`],
      ],
      { env: { PATH: Deno.env.get("PATH") ?? "" } },
    );
  // Each is another connection, and so perhaps another isolate's.
  const answers = await Promise.all(
    Array.from({ length: 24 }, (_, index) => curl(index % 2 === 0 ? "/allowed" : "/denied")),
  );
  for (const [index, { stdout, stderr }] of answers.entries()) {
    if (index % 2 === 0) assertEquals(stdout, "seen", stderr);
    else assertStringIncludes(stdout, "mitm_hook_denied");
  }
  assertEquals(server.requests.length, 12);
});

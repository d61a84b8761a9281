// Runs a command behind a proxy of this program's own, which decides about each host.
import { NetworkDecision, NetworkProxy } from "@doorward/doorward";

const seen: string[] = [];
const proxy = await NetworkProxy.builder()
  .config({ network: { enabled: true, denied_domains: ["example.org"] } })
  .policyDecider(({ host, port }) => {
    seen.push(`${host}:${port}`);
    return host.endsWith(".example.com") || host === "example.com"
      ? NetworkDecision.allow()
      : NetworkDecision.deny("none of ours");
  })
  .build();
await using handle = await proxy.run();

for (const url of ["http://example.com", "http://example.net", "http://example.org"]) {
  const curl = new Deno.Command("curl", {
    args: ["--silent", "--output", "/dev/null", "--write-out", "%{http_code}", url],
    env: handle.env(),
  });
  const { stdout } = await curl.output();
  console.log(url, new TextDecoder().decode(stdout));
}
console.log("asked about", seen.join(", "));

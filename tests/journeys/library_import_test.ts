// What docs/library.md says of another Deno program, done.
import { assert, assertEquals } from "@std/assert";
import { makeScratch } from "../support/scratch.ts";

const ROOT = new URL("../../", import.meta.url).pathname;

const PROGRAM = `
import { NetworkProxy } from "@doorward/doorward";
const proxy = await NetworkProxy.builder()
  .config({ network: { enabled: true, allowed_domains: ["127.0.0.1"] } }).build();
await using handle = await proxy.run();
const origin = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: () => {} }, () => new Response("hello"));
const client = Deno.createHttpClient({ proxy: { url: \`http://\${handle.addresses.http}\` } });
const ask = async (url) => {
  const response = await fetch(url, { client });
  return \`\${response.status} \${(await response.text()).slice(0, 5)}\`;
};
const answers = [await ask(\`http://127.0.0.1:\${origin.addr.port}/\`), await ask("http://other.test/")];
client.close();
await origin.shutdown();
console.log(JSON.stringify(answers));
`;

Deno.test("another Deno program imports the library by the folder of a clone", async () => {
  await using scratch = await makeScratch();
  const page = await Deno.readTextFile(`${ROOT}docs/library.md`);
  const config = /```json\n([^`]*"links"[^`]*)```/.exec(page)?.[1]?.replace("../doorward", ROOT);
  assert(config !== undefined);
  await scratch.write("deno.json", config);
  const file = await scratch.write("main.js", PROGRAM);
  const flags = /A program needs (`[^;]*);/.exec(page)![1]!.matchAll(/`(--[a-z-]+)`/g);
  const args = ["run", "--quiet", "--no-prompt", ...[...flags].map(([, flag]) => flag!), file];
  const { stdout, stderr, code } = await new Deno.Command(Deno.execPath(), {
    args,
    cwd: scratch.folder,
    env: scratch.env,
    clearEnv: true,
  }).output();
  assertEquals([code, new TextDecoder().decode(stderr)], [0, ""]);
  assertEquals(JSON.parse(new TextDecoder().decode(stdout)), ["200 hello", '403 {"sta']);
});

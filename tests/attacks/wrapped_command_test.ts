// A command that turns on the Doorward that it runs behind: what it writes, says and finds changes nothing.
import { assert, assertEquals } from "@std/assert";
import { testClient } from "../support/client_world.ts";
import { curl } from "../support/clients.ts";
import { doorward } from "../support/doorward_cli.ts";
import { makeScratch, type Scratch } from "../support/scratch.ts";
import { greet, startWebOrigin } from "../support/web_origin.ts";

const POLICY = `[network]
allowed_domains = ["127.0.0.2"]
allow_local_binding = true
`;

const OPEN = "[network]\\ndangerously_allow_all_domains = true\\nallow_local_binding = true\\n";

/** Fetches from both, and prints the statuses. */
const GET_BOTH = `
  both() {
    for url in "$ALLOWED" "$FORBIDDEN"; do
      curl -s -o /dev/null -w '%{http_code} ' "$url"
    done
    echo
  }
`;

/** Runs a script behind Doorward, with two servers of which the policy allows one. */
async function runScript(scratch: Scratch, script: string, ...words: readonly string[]) {
  await scratch.configure(POLICY);
  await using allowed = startWebOrigin(greet, { hostname: "127.0.0.2" });
  await using forbidden = startWebOrigin(greet, { hostname: "127.0.0.3" });
  const project = `${scratch.folder}/project`;
  await Deno.mkdir(`${project}/.git`, { recursive: true });
  const env = {
    ALLOWED: `${allowed.url}/`,
    FORBIDDEN: `${forbidden.url}/`,
    DOORWARD_ADMIN_TOKEN: "the-secret-token",
    // Ways past a proxy that somebody had set up before.
    NO_PROXY: "*",
    no_proxy: "127.0.0.3",
    npm_config_noproxy: "127.0.0.3",
  };
  const { stdout, stderr } = await doorward(
    ["run", ...words, "--", "sh", "-c", GET_BOTH + script],
    scratch,
    { cwd: project, env },
  );
  assertEquals(forbidden.requests, [], stderr);
  return { lines: stdout.trim().split("\n").map((line) => line.trim()), stderr };
}

/** Whoever runs it is sent a hang-up by it, which it does not take itself. */
const HANG_UP = "trap '' HUP; kill -HUP $PPID\n";

const WRITES: Readonly<Record<string, string>> = {
  "the configuration": `printf '${OPEN}' > "$DOORWARD_HOME/config.toml"`,
  "the configuration in place of the file":
    `printf '${OPEN}' > new; mv new "$DOORWARD_HOME/config.toml"`,
  "a file of the project": `mkdir .doorward; printf '${OPEN}' > .doorward/config.toml`,
  "a link in the place of the configuration":
    `printf '${OPEN}' > open; ln -sf "$PWD/open" "$DOORWARD_HOME/config.toml"`,
  "nothing in the place of the configuration": 'rm "$DOORWARD_HOME/config.toml"',
};

for (const [what, write] of Object.entries(WRITES)) {
  testClient(curl, `a wrapped command that writes ${what} reaches nothing more`, async () => {
    await using scratch = await makeScratch();
    const { lines, stderr } = await runScript(
      scratch,
      `both\n${write}\n${HANG_UP}both\nboth\nboth\n`,
      "--trust-project",
    );
    assertEquals(lines, Array(4).fill("200 403"), stderr);
  });
}

testClient(curl, "a wrapped command that asks for more by the admin API finds none", async () => {
  await using scratch = await makeScratch();
  const words = [Deno.execPath(), "run", "--quiet", "--no-check", "-A"];
  const main = new URL("../../main.ts", import.meta.url).pathname;
  const { lines, stderr } = await runScript(
    scratch,
    `${words.join(" ")} ${main} allow 127.0.0.3 >/dev/null 2>&1\necho $?\nboth\n`,
  );
  assert(lines[0] !== "0", stderr);
  assertEquals(lines[1], "200 403", stderr);
});

testClient(
  curl,
  "a wrapped command is told no token, neither in a variable nor in an argument",
  async () => {
    await using scratch = await makeScratch();
    const { lines } = await runScript(
      scratch,
      `echo "[$DOORWARD_ADMIN_TOKEN]"
    (tr '\\0' ' ' < /proc/$PPID/cmdline || ps -o args= -p $PPID) | grep -c 'the-secret[-]token'\n`,
    );
    assertEquals(lines, ["[]", "0"]);
  },
);

testClient(curl, "a wrapped command is not sent past the proxy by what it inherits", async () => {
  await using scratch = await makeScratch();
  const { lines } = await runScript(scratch, "both\n");
  assertEquals(lines, ["200 403"]);
});

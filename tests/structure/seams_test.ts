import { assertEquals } from "@std/assert";
import { code, sourceFiles } from "../support/source.ts";

/** Each way out of the program is spelled in the files named here and nowhere else. */
const SEAMS: Record<string, readonly string[]> = {
  "Deno.connect": ["src/net/tcp_dialer.ts", "src/net/unix_sockets.ts"],
  "Deno.realPath": ["src/net/unix_sockets.ts", "src/config/write_config.ts"],
  "Deno.readLink": ["src/net/unix_sockets.ts"],
  "Deno.listen": ["src/net/tcp_listener.ts", "src/net/udp_socket.ts"],
  "Deno.listenDatagram": ["src/net/udp_socket.ts"],
  "Deno.resolveDns": [],
  "node:dns": ["src/net/system_resolver.ts"],
  "Deno.Command": ["src/cli/child.ts", "src/cli/ask/helper_program.ts"],
  "Deno.networkInterfaces": ["src/net/address/machine_addresses.ts"],
  "Deno.exit": [],
  "Deno.open": [
    "src/config/config_file.ts",
    "src/config/new_file.ts",
    "src/config/private_file.ts",
    "src/audit/rotating_file.ts",
  ],
  "Deno.serve": [],
  "Deno.lstat": [
    "src/config/config_file.ts",
    "src/config/private_file.ts",
    "src/net/unix_sockets.ts",
  ],
  "Deno.stdin": ["src/cli/surroundings.ts"],
  "Deno.stdout": ["src/cli/surroundings.ts"],
  "Deno.execPath": ["src/cli/program.ts"],
  "Deno.mainModule": ["src/cli/program.ts"],
  "Deno.addSignalListener": ["src/cli/signals/listen_signals.ts"],
  "Deno.env": ["src/cli/surroundings.ts", "src/cli/search_list.ts"],
  "Date.now": ["src/net/system_clock.ts"],
  "new Date(": [],
  "performance.now": ["src/net/system_clock.ts"],
  "setTimeout": ["src/net/system_clock.ts"],
  "setInterval": [],
  "AbortSignal.timeout": [],
  // Hono answers a request by that name; nothing is asked of anybody.
  "fetch(": ["src/admin/app.ts"],
  "console.": [],
  "eval(": [],
};

for (const [word, allowed] of Object.entries(SEAMS)) {
  Deno.test(`"${word}" is spelled only where it belongs`, async () => {
    const elsewhere = (await sourceFiles())
      .filter((file) => code(file.text).includes(word) && !allowed.includes(file.path))
      .map((file) => file.path);
    assertEquals(elsewhere, []);
  });
}

/** Only these files see node: modules, each for one thing that Deno does not have. */
const NODE_MODULES: Record<string, readonly string[]> = {
  "src/net/stream/latin1.ts": ["node:buffer"],
  "src/net/system_resolver.ts": ["node:dns/promises"],
  "src/net/tls_client.ts": ["node:tls", "node:stream"],
};

Deno.test("node: modules are imported only where they are named", async () => {
  const strays: string[] = [];
  for (const file of await sourceFiles()) {
    for (const target of file.imports) {
      if (!target.startsWith("node:")) continue;
      if (!NODE_MODULES[file.path]?.includes(target)) strays.push(`${file.path} imports ${target}`);
    }
  }
  assertEquals(strays, []);
});

Deno.test("the environment and argv are read only by the command line", async () => {
  const strays = (await sourceFiles())
    .filter((file) =>
      /Deno\.(env|args|stdin|stdout|stderr)\b/.test(code(file.text)) &&
      !file.path.startsWith("src/cli/")
    )
    .map((file) => file.path);
  assertEquals(strays, []);
});

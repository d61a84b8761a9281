import { assertEquals } from "@std/assert";
import { code, sourceFiles } from "../support/source.ts";

/** Each way out of the program is spelled in the files named here and nowhere else. */
const SEAMS: Record<string, readonly string[]> = {
  "Deno.connect": ["src/net/tcp_dialer.ts", "src/net/unix_sockets.ts"],
  "Deno.realPath": [
    "src/net/unix_sockets.ts",
    "src/config/write_config.ts",
    // Whether what a shell calls doorward is this program.
    "src/cli/program.ts",
    "src/cli/doctor/system_instruments.ts",
  ],
  "Deno.readLink": ["src/net/unix_sockets.ts"],
  "Deno.listen": ["src/net/tcp_listener.ts", "src/net/udp_socket.ts"],
  "Deno.listenDatagram": ["src/net/udp_socket.ts"],
  "Deno.resolveDns": [],
  "node:dns": ["src/net/system_resolver.ts"],
  "Deno.Command": [
    "src/cli/child.ts",
    "src/cli/ask/helper_program.ts",
    // A program that decides, which whoever runs Doorward has named.
    "src/library/deciders/system_helper.ts",
  ],
  "Deno.kill": ["src/library/deciders/system_helper.ts"],
  "Deno.networkInterfaces": ["src/net/address/machine_addresses.ts"],
  "Deno.exit": [],
  "Deno.open": [
    "src/config/config_file.ts",
    "src/config/file_lock.ts",
    "src/config/new_file.ts",
    "src/config/private_file.ts",
    "src/audit/file/open_own.ts",
    "src/audit/read/open_set.ts",
  ],
  "Deno.serve": [],
  // An isolate of this process, with the same permissions.
  "new Worker(": ["src/library/workers/system_workers.ts"],
  "loadBalanced": ["src/net/tcp_listener.ts"],
  "Deno.lstat": [
    "src/audit/file/open_own.ts",
    "src/cli/doctor/system_instruments.ts",
    "src/config/config_file.ts",
    "src/config/file_lock.ts",
    "src/config/private_file.ts",
    "src/net/unix_sockets.ts",
  ],
  "Deno.stdin": ["src/cli/surroundings.ts"],
  "Deno.stdout": ["src/cli/surroundings.ts"],
  "Deno.consoleSize": ["src/cli/surroundings.ts"],
  "Deno.execPath": ["src/cli/program.ts"],
  "Deno.mainModule": ["src/cli/program.ts"],
  "Deno.addSignalListener": ["src/cli/signals/listen_signals.ts"],
  "Deno.env": [
    "src/cli/surroundings.ts",
    "src/cli/search_list.ts",
    // That of the program which embeds the proxy.
    "src/library/process_environment.ts",
  ],
  "Date.now": ["src/net/system_clock.ts"],
  // Of a time that they are told: certificates and records are dated.
  "new Date(": [
    "src/tls/certificate.ts",
    "src/audit/audit_log.ts",
    "src/cli/doctor/clock_check.ts",
  ],
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

/**
 * Only these files see node: modules, each for one thing that Deno does not have. A type is an import like any other, and
 * so is what is loaded only when it is needed.
 */
const NODE_MODULES: Record<string, readonly string[]> = {
  "src/net/stream/latin1.ts": ["node:buffer"],
  "src/net/system_resolver.ts": ["node:dns/promises"],
  // A hash of each line of a log in turn: WebCrypto's answers come later, one by one.
  "src/audit/file/chain.ts": ["node:crypto"],
  // The authorities that the system trusts.
  "src/config/system_roots.ts": ["node:tls"],
  // How much room is on a disk.
  "src/cli/doctor/system_instruments.ts": ["node:fs/promises"],
  // TLS on a stream that is there already: Deno's takes only what it has dialled or accepted itself. TLS of Node's takes
  // a Duplex.
  "src/net/tls_client.ts": ["node:tls", "node:stream"],
  "src/net/tls_server.ts": ["node:tls", "node:stream"],
  "src/net/tls_socket.ts": ["node:tls", "node:stream"],
  // A Duplex of our streams, and the other way round.
  "src/net/stream/node_stream.ts": ["node:stream"],
  // HTTP/2 is spoken on the runtime's own stream, and on no other: the port has its type.
  "src/net/ports.ts": ["node:stream"],
  // HTTP/2 itself, on a connection that is there already, and one request after another answered by us.
  "src/http/http2/client.ts": ["node:http2", "node:stream"],
  "src/http/http2/server.ts": ["node:http2", "node:stream"],
  // What HTTP/2 is spoken on, less the frames that the runtime does not survive.
  "src/http/http2/without_goaway.ts": ["node:stream"],
};

Deno.test("node: modules are imported only where they are named", async () => {
  const strays: string[] = [];
  for (const file of await sourceFiles()) {
    // It is made of them, and no part of the program: it stands in for Deno in the package for Node.
    if (file.path.startsWith("src/node/")) continue;
    for (const target of file.imports) {
      if (!target.startsWith("node:")) continue;
      if (!NODE_MODULES[file.path]?.includes(target)) strays.push(`${file.path} imports ${target}`);
    }
  }
  assertEquals(strays, []);
});

Deno.test("the environment and argv are read only by the command line, and for the library", async () => {
  const strays = (await sourceFiles())
    .filter((file) =>
      /Deno\.(env|args|stdin|stdout|stderr)\b/.test(code(file.text)) &&
      !file.path.startsWith("src/cli/") && file.path !== "src/library/process_environment.ts"
    )
    .map((file) => file.path);
  assertEquals(strays, []);
});

// Doorward with a thousand clients whose TLS it looks into: what it holds of each, and lets go.
import { assertEquals, assertLess } from "@std/assert";
import { encode, expectSuccess, HEAD_BYTES_MAX, readHead, send } from "../bench/wire.ts";
import { makeAuthority } from "../support/authority.ts";
import { startDoorward } from "../support/doorward_cli.ts";
import { descriptorCount, NO_PROC, processMemory } from "../support/process_memory.ts";
import { makeScratch } from "../support/scratch.ts";
import { note, untilDescriptors } from "../support/settle.ts";
import { startWebOrigin } from "../support/web_origin.ts";

const CLIENTS = 1000;
const OPENED_AT_ONCE = 25;
/** Two connections of TLS each, with a request behind them. */
const CLIENT_MAX_KIB = 640;

Deno.test({
  name: `${CLIENTS} intercepted connections stay open, and leave nothing behind`,
  ignore: NO_PROC !== null,
  async fn(): Promise<void> {
    await using stack = new AsyncDisposableStack();
    const scratch = stack.use(await makeScratch());
    const authority = await makeAuthority(["DNS:localhost"], scratch);
    const certificate = { ...authority, file: authority.certFile };
    const origin = stack.use(
      startWebOrigin(() => new Response(), { hostname: "127.0.0.1", certificate }),
    );
    await scratch.configure(`[network]
allowed_domains = ["localhost"]
mitm = true
upstream_ca_file = "${authority.caFile}"

[network.rules]
"localhost" = {}
`);
    const { pid, port } = stack.use(await startDoorward([], scratch));
    const caCerts = [await Deno.readTextFile(`${scratch.home}/doorward/proxy/ca.pem`)];
    const name = `localhost:${origin.port}`;
    const open = async () => {
      const conn = await Deno.connect({ hostname: "127.0.0.1", port });
      await send(conn, encode(`CONNECT ${name} HTTP/1.1\r\nHost: ${name}\r\n\r\n`));
      expectSuccess(await readHead(conn, new Uint8Array(HEAD_BYTES_MAX)));
      return stack.use(await Deno.startTls(conn, { hostname: "localhost", caCerts }));
    };
    const get = encode(`GET / HTTP/1.1\r\nHost: ${name}\r\n\r\n`);
    const ask = async (client: Deno.TlsConn) => {
      await send(client, get);
      expectSuccess(await readHead(client, new Uint8Array(HEAD_BYTES_MAX)));
    };
    const plain = stack.use(await open());
    await ask(plain);

    const descriptors = await descriptorCount(pid);
    const before = (await processMemory(pid)).now;
    const clients: Deno.TlsConn[] = [];
    while (clients.length < CLIENTS) {
      const batch = Array.from({ length: OPENED_AT_ONCE }, async () => {
        const client = await open();
        await ask(client);
        return client;
      });
      clients.push(...await Promise.all(batch));
    }
    const each = ((await processMemory(pid)).now - before) * 1024 / CLIENTS;
    note(
      `${before.toFixed(0)} MiB with one of them, ${each.toFixed(0)} KiB for each of the others`,
    );
    assertLess(each, CLIENT_MAX_KIB);
    assertEquals(await descriptorCount(pid), descriptors + 2 * CLIENTS);

    await Promise.all(clients.map(ask));
    assertEquals(origin.requests.length, 1 + 2 * CLIENTS);
    for (const client of clients) client.close();
    await untilDescriptors(pid, descriptors, () => ask(plain));
    note(`${(await processMemory(pid)).now.toFixed(0)} MiB once they have left`);
  },
});

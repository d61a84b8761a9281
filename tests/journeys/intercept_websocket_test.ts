// WebSockets through tunnels that are looked into: with TLS, where it ends here, and without.
import { assertEquals, assertStringIncludes } from "@std/assert";
import { type Needed, testClient } from "../support/client_world.ts";
import { CLIENTS, pythonWith } from "../support/clients.ts";
import {
  type InterceptedWorld,
  type InterceptedWorldOptions,
  makeInterceptedWorld,
  SERVER,
} from "../support/intercepted_world.ts";
import { echoingSockets } from "../support/socket_origin.ts";

/** A program that opens a WebSocket, says what {@linkcode SAID} tells of, and prints what it hears. */
interface SocketClient extends Needed {
  words(program: string, url: string): readonly string[];
}

/** What each of them prints: a text, bytes, a long text, and how the server closed. */
const SAID = `open
text: hello
bytes: 0 1 127 128 255
long: 300000
closed: 4000 as you wish
`;

/** For the WebSocket of browsers, which Node and Deno have, too. */
const SCRIPT = `
  const [url] = globalThis.Deno?.args ?? process.argv.slice(1);
  const socket = new WebSocket(url);
  socket.binaryType = "arraybuffer";
  const long = "x".repeat(300_000);
  socket.onopen = () => {
    console.log("open");
    socket.send("hello");
    socket.send(new Uint8Array([0, 1, 127, 128, 255]));
    socket.send(long);
  };
  socket.onmessage = ({ data }) => {
    if (data === "close, please") return;
    if (data === long) {
      console.log("long:", data.length);
      socket.send("close, please");
    } else if (typeof data === "string") console.log("text:", data);
    else console.log("bytes:", new Uint8Array(data).join(" "));
  };
  socket.onerror = ({ message }) => console.log("failed:", message);
  socket.onclose = ({ code, reason }) => console.log("closed:", code, reason);
`;

/** Before its version 15 this library knew no proxies: the tunnel is opened by hand, as others do it. */
const PYTHON = `import asyncio, os, socket, ssl, sys, urllib.parse, websockets
async def main(url):
    to, proxy = urllib.parse.urlsplit(url), urllib.parse.urlsplit(os.environ["https_proxy"])
    secure = to.scheme == "wss"
    place = f"{to.hostname}:{to.port or (443 if secure else 80)}"
    tunnel = socket.create_connection((proxy.hostname, proxy.port))
    tunnel.sendall(f"CONNECT {place} HTTP/1.1\\r\\nHost: {place}\\r\\n\\r\\n".encode())
    head = b""
    while not head.endswith(b"\\r\\n\\r\\n"):
        head += tunnel.recv(1)
    assert b" 200 " in head, head
    more = {"ssl": ssl.create_default_context(), "server_hostname": to.hostname} if secure else {}
    async with websockets.connect(url, sock=tunnel, **more) as it:
        print("open")
        await it.send("hello")
        print("text:", await it.recv())
        await it.send(bytes([0, 1, 127, 128, 255]))
        print("bytes:", *(await it.recv()))
        await it.send("x" * 300_000)
        print("long:", len(await it.recv()))
        await it.send("close, please")
        await it.recv()
        await it.wait_closed()
        print("closed:", it.close_code, it.close_reason)
asyncio.run(main(sys.argv[1]))
`;

const NODE: SocketClient = {
  ...CLIENTS.find(({ name }) => name === "Node's fetch")!,
  name: "Node's WebSocket",
  words: (node, url) => [node, "--eval", SCRIPT, url],
};

const SOCKET_CLIENTS: readonly SocketClient[] = [
  NODE,
  {
    name: "Deno's WebSocket",
    program: Deno.execPath(),
    wanted: "deno",
    words: (deno, url) => [deno, "eval", SCRIPT, url],
  },
  {
    name: "Python's websockets",
    program: pythonWith("websockets"),
    wanted: "python3-websockets",
    words: (python, url) => [python, "-c", PYTHON, url],
  },
];

for (const client of SOCKET_CLIENTS) {
  testClient(client, `${client.name} talks with a server over wss`, async (program) => {
    await using world = await makeSocketWorld();
    const { stdout, stderr } = await world.run(client.words(program, `wss://${SERVER}/chat?x=1`));
    assertEquals(stdout, SAID, stderr);
    assertEquals(world.server.requests, ["GET /chat?x=1 via doorward"]);
    assertEquals(stderr.includes("doorward: "), false, stderr);
  });

  testClient(client, `${client.name} talks with a server over ws`, async (program) => {
    await using world = await makeSocketWorld();
    const { stdout, stderr } = await world.run(client.words(program, `ws://${SERVER}/chat`));
    assertEquals(stdout, SAID, stderr);
    assertEquals(world.plain.requests, ["GET /chat via doorward"]);
  });

  testClient(client, `a WebSocket that no rule allows is refused to ${client.name}`, async (it) => {
    await using world = await makeSocketWorld({ rule: '"read"' });
    for (const scheme of ["wss", "ws"]) {
      const { stdout, stderr } = await world.run(client.words(it, `${scheme}://${SERVER}/chat`));
      assertEquals(stdout.includes("open"), false, stdout);
      const port = scheme === "wss" ? 443 : 80;
      assertStringIncludes(
        stderr,
        `doorward: blocked ${SERVER}:${port} (no request rule allows it`,
      );
    }
    assertEquals([world.server.requests, world.plain.requests], [[], []]);
  });
}

function makeSocketWorld(options: InterceptedWorldOptions = {}): Promise<InterceptedWorld> {
  return makeInterceptedWorld({ origin: () => Promise.resolve(echoingSockets), ...options });
}

import { assertEquals, assertRejects } from "@std/assert";
import { COMMAND, requestSocks, udpHeader } from "./socks.ts";
import { readExactly, send } from "./wire.ts";

const ACCEPTED = [5, 0];
const GRANTED = [5, 0, 0, 1, 127, 0, 0, 1, 0x12, 0x34];

Deno.test("requestSocks() greets, asks for the port on this machine, and returns the server's", async () => {
  const { result, heard } = await ask(COMMAND.connect, 0x1f90, ACCEPTED, GRANTED);
  assertEquals(await result, 0x1234);
  assertEquals(heard, [[5, 1, 0], [5, 1, 0, 1, 127, 0, 0, 1, 0x1f, 0x90]]);
});

Deno.test("requestSocks() takes its answers apart when they come in one piece", async () => {
  const { result } = await ask(COMMAND.connect, 1, [...ACCEPTED, ...GRANTED], []);
  assertEquals(await result, 0x1234);
});

Deno.test("requestSocks() asks for an association from wherever", async () => {
  const { result, heard } = await ask(COMMAND.udpAssociate, 0, ACCEPTED, GRANTED);
  assertEquals(await result, 0x1234);
  assertEquals(heard[1], [5, 3, 0, 1, 0, 0, 0, 0, 0, 0]);
});

Deno.test("requestSocks() fails when it is refused", async () => {
  const method = await ask(COMMAND.connect, 1, [5, 0xff], GRANTED);
  await assertRejects(() => method.result, Error, "it selected method 255");
  const reply = await ask(COMMAND.connect, 1, ACCEPTED, [5, 2, 0, 1, 0, 0, 0, 0, 0, 0]);
  await assertRejects(() => reply.result, Error, "the reply is 2");
  const type = await ask(COMMAND.connect, 1, ACCEPTED, [5, 0, 0, 4, 0, 0, 0, 0, 0, 0]);
  await assertRejects(() => type.result, Error, "the reply has address type 4");
});

Deno.test("udpHeader() is that of RFC 1928 section 7", () => {
  assertEquals([...udpHeader(0x1f90)], [0, 0, 0, 1, 127, 0, 0, 1, 0x1f, 0x90]);
});

/** Asks a server that says these two things, whatever it hears. Resolves once both sides are done. */
async function ask(
  command: typeof COMMAND[keyof typeof COMMAND],
  port: number,
  selection: readonly number[],
  reply: readonly number[],
): Promise<{ readonly result: Promise<number>; readonly heard: readonly (readonly number[])[] }> {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const heard: number[][] = [];
  const serve = async () => {
    using conn = await listener.accept();
    heard.push([...await readExactly(conn, 3, new Uint8Array(3))]);
    await send(conn, Uint8Array.from(selection));
    if (selection !== ACCEPTED) return;
    heard.push([...await readExactly(conn, 10, new Uint8Array(10))]);
    await send(conn, Uint8Array.from(reply));
  };
  const served = serve();
  using client = await Deno.connect({ hostname: "127.0.0.1", port: listener.addr.port });
  const result = requestSocks(client, command, port);
  await Promise.allSettled([result, served]);
  return { result, heard };
}

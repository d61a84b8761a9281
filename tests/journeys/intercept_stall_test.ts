// Peers inside TLS that do not read: the other side is stopped, nobody else is, and nothing is lost.
import { assertEquals, assertLess } from "@std/assert";
import { testClient } from "../support/client_world.ts";
import { HTTP2_CLIENT } from "../support/http2_client.ts";
import { NODE } from "../support/http2_origin.ts";
import { makeHttp2World } from "../support/http2_world.ts";

const BULK_BYTES = 200 * 1024 * 1024;
/** What kernels, TLS and the windows of HTTP/2 may hold of a body that nobody reads. */
const HELD_MAX_BYTES = 32 * 1024 * 1024;
/** A side has stopped when this many requests went through meanwhile. */
const STILL_REQUESTS = 100;

/** How Node asks by either version: `ask()` has what a request is written to, and the answer once it begins. */
const ASK = {
  "HTTP/2": `
    const session = await connect();
    const ask = (method, path) => {
      const out = session.request({ ":method": method, ":path": path }, { endStream: false });
      return { out, answer: new Promise((resolve) => out.once("response", () => resolve(out))) };
    };
    const leave = () => session.close();
  `,
  "HTTP/1.1": `
    const ask = (method, path) => {
      const out = require("https").request("https://" + place + path, { method });
      return { out, answer: new Promise((resolve) => out.once("response", resolve)) };
    };
    const leave = () => {};
  `,
} as const;

const COMMON = `
  const get = (path) => {
    const { out, answer } = ask("GET", path);
    out.end();
    return answer;
  };
  const text = async (answer) => {
    let all = "";
    for await (const piece of answer) all += piece;
    return all;
  };
  const untilStill = async (count) => {
    let last = -1;
    for (let same = 0; same < ${STILL_REQUESTS};) {
      const now = await count();
      same = now === last ? same + 1 : 0;
      last = now;
    }
    return last;
  };
`;

/** Prints what the server could send to a client that did not read, and what came in the end. */
const DOWN = `
  const big = await get("/down/${BULK_BYTES}");
  console.log(await untilStill(async () => Number(await text(await get("/sent")))));
  let count = 0;
  for await (const piece of big) count += piece.length;
  console.log(count);
  leave();
`;

/** Prints what the client could send to a server that did not read, and what came in the end. */
const UP = `
  const { out, answer } = ask("POST", "/hold");
  const step = Buffer.alloc(65536);
  let sent = 0;
  const send = () => {
    while (sent < ${BULK_BYTES}) {
      sent += step.length;
      if (!out.write(step)) return out.once("drain", send);
    }
    out.end();
  };
  send();
  console.log(await untilStill(async () => {
    await text(await get("/hello"));
    return sent;
  }));
  await text(await get("/release"));
  console.log(await text(await answer));
  leave();
`;

for (const version of ["HTTP/2", "HTTP/1.1"] as const) {
  for (
    const [what, script] of [
      [`a client that does not read an answer stops the server over ${version}`, DOWN],
      [`a server that does not read a request stops the client over ${version}`, UP],
    ] as const
  ) {
    testClient(NODE, `${what}, and nobody else`, async (node) => {
      await using world = await makeHttp2World({ http2: version === "HTTP/2" });
      const whole = `${HTTP2_CLIENT}(async () => {${ASK[version]}${COMMON}${script}})()`;
      const { host } = new URL(world.byAddress);
      const { stdout, stderr } = await world.run([node, "--eval", whole, host]);
      const [sent, count] = stdout.trim().split("\n").map(Number);
      assertLess(sent!, HELD_MAX_BYTES, stderr);
      // Nothing was dropped: whoever reads on gets all of it.
      assertEquals(count, BULK_BYTES, stderr);
    });
  }
}

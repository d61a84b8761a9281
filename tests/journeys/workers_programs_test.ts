// `doorward start` and `run` with workers: signals, records in files, interception, and what cannot be.
import { assertEquals, assertStringIncludes } from "@std/assert";
import { untilAdmin } from "../support/admin_calls.ts";
import { tcpDialer } from "../../src/net/tcp_dialer.ts";
import { doorward, startDoorward } from "../support/doorward_cli.ts";
import { NO_POSIX } from "../support/machine.ts";
import { answering, ok, startOrigin } from "../support/origin.ts";
import { ip } from "../support/policy.ts";
import { makeScratch } from "../support/scratch.ts";
import { Wire } from "../support/wire.ts";

const NEVER = new AbortController().signal;
const WORKERS = ["-c", "network.workers=3"];

async function wireTo(port: number): Promise<Wire> {
  return new Wire(await tcpDialer({ ip: ip("127.0.0.1"), port }, NEVER));
}

Deno.test({
  name:
    `start with workers drains them all when it is told to end, and no record is lost${NO_POSIX.why}`,
  ignore: NO_POSIX.ignore,
  async fn(): Promise<void> {
    await using scratch = await makeScratch();
    const answered = Promise.withResolvers<void>();
    await using origin = startOrigin(async (wire) => {
      await wire.readMessage();
      await answered.promise;
      await wire.send(ok());
    });
    const file = `${scratch.folder}/audit.jsonl`;
    const audit = [
      "-c",
      `network.audit_file=${JSON.stringify(file)}`,
      "-c",
      "network.audit.chain=true",
    ];
    await using start = await startDoorward(
      [...WORKERS, ...audit, "--allow", "127.0.0.1"],
      scratch,
    );
    const target = `127.0.0.1:${origin.address.port}`;
    const wires: Wire[] = [];
    for (let count = 0; count < 60; count++) {
      const wire = await wireTo(start.port);
      await wire.send(`GET http://${target}/ HTTP/1.1\r\nHost: ${target}\r\n\r\n`);
      wires.push(wire);
    }
    await origin.connection(59);
    await untilAdmin(start, "/health", ({ audit }) => audit.records === 60);
    start.kill("SIGTERM");
    await start.stderr.until(/doorward: SIGTERM: closing 60 connections\n/);
    answered.resolve();
    for (const wire of wires) {
      assertEquals((await wire.readMessage()).body, "hello");
      wire.close();
    }
    assertEquals((await start.ended).code, 0);
    const { code, stdout } = await doorward(["audit", "verify", file], scratch);
    assertEquals(code, 0, stdout);
    const lines = (await Deno.readTextFile(file)).trimEnd().split("\n").map((line) =>
      JSON.parse(line)
    );
    assertEquals(lines.map((line) => line["doorward.seq"]), lines.map((_, index) => index + 1));
    const outcomes = lines.flatMap((line) => line["doorward.outcome"] ?? []);
    assertEquals(outcomes, Array(60).fill("done"));
    for (const wire of wires) await wire[Symbol.asyncDispose]();
  },
});

Deno.test("run has workers, too", async () => {
  await using scratch = await makeScratch();
  await using origin = startOrigin(answering(ok("by a worker")));
  const url = `http://127.0.0.1:${origin.address.port}/`;
  const curl = ["curl", "-sS", "--noproxy", "", "--max-time", "30", url];
  const flags = ["run", ...WORKERS, "--allow", "127.0.0.1", "--", ...curl];
  const { code, stdout, stderr } = await doorward(flags, scratch);
  assertEquals([code, stdout], [0, "by a worker"], stderr);
});

for (const written of ["0", "1.5", "x", "17"]) {
  Deno.test(`workers = ${written} is a fault, with its place`, async () => {
    await using scratch = await makeScratch();
    const { code, stderr } = await doorward([
      "run",
      "-c",
      `network.workers=${written}`,
      "--",
      "true",
    ], scratch);
    assertEquals(code, 125);
    const shown = written === "x" ? '"x"' : written;
    assertStringIncludes(
      stderr,
      `"workers" is ${shown}: expected a whole number from 1 to 16, or "auto"`,
    );
  });
}

Deno.test('workers = "auto" is taken', async () => {
  await using scratch = await makeScratch();
  await using _start = await startDoorward(["-c", "network.workers=auto"], scratch);
});

Deno.test("nobody else takes clients from a port that workers accept on", async () => {
  await using scratch = await makeScratch();
  await using start = await startDoorward(WORKERS, scratch);
  for (const way of [{}, { reusePort: true }, { loadBalanced: true }]) {
    const listen = `Deno.listen({ hostname: "127.0.0.1", port: ${start.port}, ...${
      JSON.stringify(way)
    } })`;
    const { code, stderr } = await new Deno.Command(Deno.execPath(), {
      args: ["eval", "--unstable-net", listen],
      stderr: "piped",
    }).output();
    assertEquals(code, 1);
    assertStringIncludes(new TextDecoder().decode(stderr), "AddrInUse");
  }
});

// Ten thousand requests of every kind at once, and what is recorded of them: in the program, and in the file.
import { assert, assertEquals } from "@std/assert";
import { AUDIT_SCHEMA } from "../../src/audit/audit_schema.ts";
import { POLICY_DECISION, REQUEST_CLOSE } from "../../src/audit/audit_record.ts";
import { verifyLog } from "../../src/audit/read/verify_log.ts";
import type { AuditRecord } from "../../src/mod.ts";
import { systemClock } from "../../src/net/system_clock.ts";
import { getOf, makeEmbedding, wireTo } from "../support/embedding.ts";
import { answering, ok } from "../support/origin.ts";
import { makeValidator } from "../support/schema_validator.ts";
import { makeScratch } from "../support/scratch.ts";
import { domainAddress, GREETING, NO_AUTH, socksRequest } from "../support/socks.ts";
import { statusOf } from "../support/wire.ts";

const HTTP_CLIENTS = 16;
const REQUESTS_EACH = 575;
const TUNNEL_CLIENTS = 8;
const TUNNELS_EACH = 100;
const REQUESTS = HTTP_CLIENTS * REQUESTS_EACH + TUNNEL_CLIENTS * TUNNELS_EACH;

/** The host of one request of one client: every third is not allowed, every ninth is denied. */
function hostOf(client: string, turn: number): string {
  if (turn % 9 === 8) return `${client}-${turn}.denied.allowed.test`;
  return turn % 3 === 2 ? `${client}-${turn}.other.test` : `${client}-${turn}.allowed.test`;
}

function isAllowed(turn: number): boolean {
  return turn % 3 !== 2;
}

/** Requests one after another on one connection, as far as it lasts. */
async function askMany(http: string, client: string): Promise<void> {
  let wire = await wireTo(http);
  for (let turn = 0; turn < REQUESTS_EACH; turn++) {
    const host = hostOf(client, turn);
    if (turn % 50 === 49) {
      await wire[Symbol.asyncDispose]();
      wire = await wireTo(http);
    }
    await wire.send(getOf(host));
    assertEquals(statusOf(await wire.readMessage()), isAllowed(turn) ? 200 : 403, host);
  }
  await wire[Symbol.asyncDispose]();
}

/** Tunnels, each on its own connection, by CONNECT and by SOCKS5 in turn. */
async function tunnelMany(http: string, socks: string, client: string): Promise<void> {
  for (let turn = 0; turn < TUNNELS_EACH; turn++) {
    const host = hostOf(client, turn);
    if (turn % 2 === 0) {
      await using wire = await wireTo(http);
      await wire.send(`CONNECT ${host}:80 HTTP/1.1\r\nHost: ${host}:80\r\n\r\n`);
      const head = await wire.readHead();
      assertEquals(head.startsWith("HTTP/1.1 200"), isAllowed(turn), host);
      if (isAllowed(turn)) await exchange(wire, host);
    } else {
      await using wire = await wireTo(socks);
      await wire.send(GREETING);
      assertEquals(await wire.readExactly(2), NO_AUTH);
      await wire.send(socksRequest(domainAddress(host, 80)));
      const reply = await wire.readExactly(10);
      assertEquals(reply.charCodeAt(1) === 0, isAllowed(turn), host);
      if (isAllowed(turn)) await exchange(wire, host);
    }
  }
}

async function exchange(wire: Awaited<ReturnType<typeof wireTo>>, host: string): Promise<void> {
  await wire.send(`GET / HTTP/1.1\r\nHost: ${host}\r\n\r\n`);
  assertEquals((await wire.readMessage()).body, "hello");
}

/** Every record of a log, the oldest file first. */
async function recordsOf(path: string): Promise<Record<string, unknown>[]> {
  const folder = path.slice(0, path.lastIndexOf("/"));
  const numbers: number[] = [];
  for await (const { name } of Deno.readDir(folder)) {
    const number = /^audit\.jsonl\.(\d+)$/.exec(name)?.[1];
    if (number !== undefined) numbers.push(Number(number));
  }
  const paths = [...numbers.sort((a, b) => b - a).map((number) => `${path}.${number}`), path];
  const texts = await Promise.all(paths.map((each) => Deno.readTextFile(each)));
  return texts.join("").trimEnd().split("\n").map((line) => JSON.parse(line));
}

Deno.test("ten thousand mixed requests: the file holds every decision once, in order, by its schema", async () => {
  await using scratch = await makeScratch();
  await using embedding = makeEmbedding({ origin: answering(ok()) });
  const path = `${scratch.folder}/audit.jsonl`;
  const seen: AuditRecord[] = [];
  const proxy = await embedding.builder().config({
    network: {
      enabled: true,
      allowed_domains: ["**.allowed.test"],
      denied_domains: ["**.denied.allowed.test"],
      audit_file: path,
      audit: { chain: true, file_bytes: 1024 * 1024, files_kept: 100 },
    },
  }).attribution({ label: "load" }).onAudit((record) => seen.push(record)).build();
  const handle = await proxy.run();
  const { http, socks } = handle.addresses!;
  await Promise.all([
    ...Array.from({ length: HTTP_CLIENTS }, (_, index) => askMany(http, `h${index}`)),
    ...Array.from({ length: TUNNEL_CLIENTS }, (_, i) => tunnelMany(http, socks!, `t${i}`)),
  ]);
  await handle.shutdown();

  // In the program: one decision for each request, one end for each that was let through, and no gap.
  assertEquals(REQUESTS, 10_000);
  const decisions = seen.filter((record) => record["event.name"] === POLICY_DECISION);
  const ends = seen.filter((record) => record["event.name"] === REQUEST_CLOSE);
  const allowed = decisions.filter((record) => record["network.policy.decision"] === "allow");
  assertEquals([decisions.length, ends.length], [REQUESTS, allowed.length]);
  assertEquals(handle.audit, {
    records: seen.length,
    sinks: [{ name: "function", lost: 0 }, { name: path, lost: 0 }],
  });
  seen.forEach((record, index) => {
    if ("doorward.seq" in record) assertEquals(record["doorward.seq"], index + 1);
  });
  // What a client asked for one after another was decided in that order.
  const last = new Map<string, number>();
  for (const decision of decisions) {
    const [, client, turn] = /^([ht]\d+)-(\d+)\./.exec(decision["server.address"])!;
    assertEquals(Number(turn), (last.get(client!) ?? -1) + 1, client);
    last.set(client!, Number(turn));
  }
  assertEquals(last.size, HTTP_CLIENTS + TUNNEL_CLIENTS);

  // In the file: the same, in the same order, over many files, each line by the schema.
  const lines = await recordsOf(path);
  assertEquals(lines.length, seen.length);
  const validate = makeValidator(AUDIT_SCHEMA);
  lines.forEach((line, index) => {
    assertEquals(validate(line), null);
    const { "doorward.chain": _, ...record } = line;
    assertEquals(record, { ...seen[index] });
  });
  assert((await Deno.stat(`${path}.4`)).isFile);
  const verified = await verifyLog(path, null, systemClock);
  assertEquals(verified.kind, "ok", JSON.stringify(verified));
});

// A proxy in a process of its own, whose audit file is on a disk of 16 MB that is full for a while, mounted at the
// folder that it is told. Prints what became of requests and records as JSON.
import { verifyLog } from "../../src/audit/read/verify_log.ts";
import { systemClock } from "../../src/net/system_clock.ts";
import { askAt, getOf, makeEmbedding } from "./embedding.ts";
import { fillDisk } from "./fill_disk.ts";
import { until } from "./in_time.ts";
import { statusOf } from "./wire.ts";

const [folder = ""] = Deno.args;
const path = `${folder}/audit.jsonl`;
const told: string[] = [];
const statuses: Record<string, number> = {};

await using embedding = makeEmbedding();
const proxy = await embedding.builder().config({
  network: { enabled: true, allowed_domains: ["allowed.test"], audit_file: path },
}).attribution({ label: "x".repeat(200), execPolicyHint: "x".repeat(200) }).onDiagnostic((line) =>
  void told.push(line)
)
  .build();
const handle = await proxy.run();
const { http } = handle.addresses!;

async function ask(count: number): Promise<void> {
  for (let turn = 0; turn < count; turn++) {
    const host = turn % 2 === 0 ? "allowed.test" : "other.test";
    const what = `${host} ${statusOf(await askAt(http, getOf(host)))}`;
    statuses[what] = (statuses[what] ?? 0) + 1;
  }
}

await ask(10);
const free = fillDisk(`${folder}/filler`);
await ask(8000);
await until(() => told.some((line) => line.includes("No space left")), "the disk is full");
await free();
await until(() => told.some((line) => line.includes("again")), "it works again");
await ask(10);
await handle.shutdown();
const verified = await verifyLog(path, null, systemClock);
const { records, sinks } = handle.audit;
const written = JSON.stringify({ statuses, told, verified, records, lost: sinks[0]!.lost });
Deno.stdout.writeSync(new TextEncoder().encode(written));

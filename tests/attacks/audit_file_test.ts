// Somebody changes what was recorded, or keeps it from being recorded.
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { auditFile } from "../../src/audit/file/audit_file.ts";
import { CHAIN_START, link } from "../../src/audit/file/chain.ts";
import { verifyLog } from "../../src/audit/read/verify_log.ts";
import { auditRecords, writeAudit } from "../support/audit_log.ts";
import { decisionAudit } from "../support/audit_records.ts";
import { FakeClock } from "../support/fake_clock.ts";
import { until } from "../support/in_time.ts";
import { makeScratch, type Scratch } from "../support/scratch.ts";

/** A log of some records, and what somebody makes of it. */
async function log(scratch: Scratch, count: number, chain: boolean) {
  const path = `${scratch.folder}/audit.jsonl`;
  await writeAudit(path, auditRecords(count), { chain });
  const text = await Deno.readTextFile(path);
  const verify = async (changed: string, expect: string | null = null) => {
    await Deno.writeTextFile(path, changed);
    const result = await verifyLog(path, expect, new FakeClock());
    return result.kind === "ok" ? null : result.line;
  };
  return { path, text, lines: text.split("\n").slice(0, -1), verify };
}

const join = (lines: readonly string[]) => lines.map((line) => `${line}\n`).join("");

for (const chain of [true, false]) {
  const how = chain ? "with a chain" : "without a chain";

  Deno.test(`a line that is removed is missed, ${how}`, async () => {
    await using scratch = await makeScratch();
    const { lines, verify } = await log(scratch, 5, chain);
    for (const at of lines.keys()) {
      const isLast = at === lines.length - 1;
      const expected = isLast && !chain ? null : at + 1;
      assertEquals(await verify(join(lines.toSpliced(at, 1))), expected, `line ${at + 1}`);
    }
  });

  Deno.test(`a line that is doubled is found, ${how}`, async () => {
    await using scratch = await makeScratch();
    const { lines, verify } = await log(scratch, 5, chain);
    for (const [at, line] of lines.entries()) {
      assertEquals(await verify(join(lines.toSpliced(at, 0, line))), at + 2);
    }
  });

  Deno.test(`lines that change places are found, ${how}`, async () => {
    await using scratch = await makeScratch();
    const { lines, verify } = await log(scratch, 5, chain);
    for (let a = 0; a < lines.length; a++) {
      for (let b = a + 1; b < lines.length; b++) {
        const changed = lines.with(a, lines[b]!).with(b, lines[a]!);
        assertEquals(await verify(join(changed)), a + 1, `lines ${a + 1} and ${b + 1}`);
      }
    }
  });

  Deno.test(`a line that is added is found, ${how}`, async () => {
    await using scratch = await makeScratch();
    const { lines, verify } = await log(scratch, 4, chain);
    for (let at = 0; at <= lines.length; at++) {
      const forged = JSON.stringify(decisionAudit({ "doorward.seq": at + 1 }));
      const isNext = at === lines.length;
      // Behind the last line it may be the next: only a chain tells.
      const expected = isNext && !chain ? null : chain ? at + 1 : at + 2;
      // In front of a chain it passes for one from a time when there was none, until its number comes again.
      const line = at === 0 ? 2 : expected;
      assertEquals(await verify(join(lines.toSpliced(at, 0, forged))), line, `at ${at + 1}`);
    }
  });

  Deno.test(`a log that is cut anywhere is found, ${how}`, async () => {
    await using scratch = await makeScratch();
    const { text, verify } = await log(scratch, 3, chain);
    for (let length = 0; length < text.length; length++) {
      const cut = text.slice(0, length);
      const whole = cut.split("\n").length - 1;
      // At the end of a line nothing but a chain tells.
      const isBetween = cut === "" || cut.endsWith("\n");
      assertEquals(await verify(cut), isBetween && !chain ? null : whole + 1, `at ${length}`);
    }
  });
}

Deno.test("any byte that is changed is found, with a chain", async () => {
  await using scratch = await makeScratch();
  const { path, text } = await log(scratch, 3, true);
  const bytes = new TextEncoder().encode(text);
  const clock = new FakeClock();
  for (const at of bytes.keys()) {
    const line = text.slice(0, at).split("\n").length;
    for (const change of [0x01, 0x80]) {
      await Deno.writeFile(path, bytes.with(at, bytes[at]! ^ change));
      const result = await verifyLog(path, null, clock);
      assertEquals(result.kind === "bad" && result.line, line, `byte ${at} ^ ${change}`);
    }
  }
});

Deno.test("a line that is made to fit is found where somebody kept the value", async () => {
  await using scratch = await makeScratch();
  const { path, lines, verify } = await log(scratch, 3, true);
  const kept = lines.at(-1)!.slice(-66, -2);
  let last = CHAIN_START;
  const forged = auditRecords(3).map((record) => {
    const made = link(last, JSON.stringify({ ...record, "server.address": "other.test" }));
    last = made.value;
    return made.text;
  });
  // The sidecar still knows.
  assertEquals(await verify(join(forged)), 4);
  // Without it nobody does, but who has kept the value.
  await Deno.remove(`${path}.lock`);
  assertEquals(await verify(join(forged)), null);
  assertEquals(await verify(join(forged), kept), 4);
});

Deno.test("a chain that was cut is not mended by writing on", async () => {
  await using scratch = await makeScratch();
  const { path, lines } = await log(scratch, 4, true);
  await Deno.writeTextFile(path, join(lines.slice(0, 2)));
  const told: string[] = [];
  const diagnose = (line: string) => void told.push(line);
  const sink = auditFile(path, { clock: new FakeClock(), diagnose, chain: true });
  sink.write(decisionAudit({ "doorward.instance": "i2" }));
  await sink.close();
  assertEquals(told, [
    `${path}: it does not end where its chain does: somebody has changed it`,
  ]);
  const result = await verifyLog(path, null, new FakeClock());
  assertEquals(result.kind === "bad" && result.line, 3);
});

Deno.test("any file of a log that was put aside is looked at, too", async () => {
  await using scratch = await makeScratch();
  const path = `${scratch.folder}/audit.jsonl`;
  await writeAudit(path, auditRecords(30), { chain: true, bytesMax: 3000, filesKept: 3 });
  for (const name of [`${path}.3`, `${path}.2`, `${path}.1`, path]) {
    const text = await Deno.readTextFile(name);
    // The first line of all is held by what stood before it.
    await Deno.writeTextFile(name, text.replace("example", "exbmple"));
    const result = await verifyLog(path, null, new FakeClock());
    assertEquals(result.kind === "bad" && [result.file, result.line], [name, 1]);
    await Deno.remove(name);
    const missing = await verifyLog(path, null, new FakeClock());
    assertEquals(missing.kind === "bad" && missing.file, name);
    await Deno.writeTextFile(name, text);
  }
  assertEquals((await verifyLog(path, null, new FakeClock())).kind, "ok");
});

Deno.test("a file of lines without a chain is not put in front of one that goes on from others", async () => {
  await using scratch = await makeScratch();
  const path = `${scratch.folder}/audit.jsonl`;
  await writeAudit(path, auditRecords(30), { chain: true, bytesMax: 3000, filesKept: 3 });
  const forged = JSON.stringify(decisionAudit({ "doorward.instance": "i0" }));
  await Deno.writeTextFile(`${path}.4`, `${forged}\n`);
  const result = await verifyLog(path, null, new FakeClock());
  assertEquals(result, {
    kind: "bad",
    file: `${path}.3`,
    line: 1,
    why: "it is in the chain, and the line before it is not",
  });
});

Deno.test("a process that is killed while it puts files aside leaves a log that is whole", async () => {
  await using scratch = await makeScratch();
  const path = `${scratch.folder}/audit.jsonl`;
  const how = { chain: true, bytesMax: 3000, filesKept: 4 };
  await writeAudit(path, auditRecords(30), how);
  let instance = 0;
  const next = () => {
    instance += 1;
    return writeAudit(path, [decisionAudit({ "doorward.instance": `n${instance}` })], how);
  };
  // It got as far as one, two, three and four of its steps.
  for (const steps of [1, 2, 3, 4]) {
    for (let number = 3; number > 3 - steps; number--) {
      const from = number === 0 ? path : `${path}.${number}`;
      await Deno.rename(from, `${path}.${number + 1}`);
    }
    // More than a file takes.
    for (const _ of [1, 2, 3, 4, 5, 6]) await next();
    const result = await verifyLog(path, null, new FakeClock());
    assertEquals(result.kind, "ok", JSON.stringify(result));
    assertEquals(result.kind === "ok" && result.files, 5);
  }
});

/** What a sink does whose file cannot be written, and what it says. */
async function unwritable(path: string) {
  const told: string[] = [];
  const clock = new FakeClock();
  const diagnose = (line: string) => void told.push(line);
  const sink = auditFile(path, { clock, diagnose, chain: true });
  auditRecords(3).forEach((record) => sink.write(record));
  await until(() => clock.sleeping > 0, "it waits for better times");
  await sink.close();
  assertEquals(sink.lost, 3);
  return told;
}

Deno.test({
  name: "a link, a pipe that nobody reads, and a folder take no records, and stop nobody",
  ignore: Deno.build.os === "windows",
  fn: async () => {
    await using scratch = await makeScratch();
    const path = `${scratch.folder}/audit.jsonl`;
    const target = await scratch.write("target", "");
    const lost = `Cannot write ${path} to its end: 3 lines were lost`;
    await Deno.symlink(target, path);
    const link = "it is a symbolic link: name the file itself";
    assertEquals(await unwritable(path), [`Cannot write ${path}: ${link}`, lost]);
    assertEquals(await Deno.readTextFile(target), "");
    await Deno.remove(path);
    await new Deno.Command("mkfifo", { args: [path] }).output();
    assertEquals(await unwritable(path), [`Cannot write ${path}: it is not a file`, lost]);
    await Deno.remove(path);
    await Deno.mkdir(path);
    assertEquals(await unwritable(path), [`Cannot write ${path}: it is not a file`, lost]);
  },
});

Deno.test({
  name: "what stands in the place of the lock is named, and takes nothing",
  ignore: Deno.build.os === "windows",
  fn: async () => {
    await using scratch = await makeScratch();
    const path = `${scratch.folder}/audit.jsonl`;
    const target = await scratch.write("target", "kept");
    const lost = `Cannot write ${path} to its end: 3 lines were lost`;
    await Deno.symlink(target, `${path}.lock`);
    const link = `Cannot write ${path}: ${path}.lock: it is a symbolic link: remove it`;
    assertEquals(await unwritable(path), [link, lost]);
    assertEquals(await Deno.readTextFile(target), "kept");
    await Deno.remove(`${path}.lock`);
    await new Deno.Command("mkfifo", { args: [`${path}.lock`] }).output();
    const pipe = `Cannot write ${path}: ${path}.lock: it is not a file: remove it`;
    assertEquals(await unwritable(path), [pipe, lost]);
    await Deno.remove(`${path}.lock`);
    await Deno.writeTextFile(`${path}.lock`, "");
    await Deno.chmod(`${path}.lock`, 0o666);
    const mend = "others may write it: take that from them (chmod go-w)";
    assertEquals(await unwritable(path), [`Cannot write ${path}: ${path}.lock: ${mend}`, lost]);
  },
});

Deno.test({
  name: "a pipe in the place of the last file that was put aside keeps no record out",
  ignore: Deno.build.os === "windows",
  fn: async () => {
    await using scratch = await makeScratch();
    const path = `${scratch.folder}/audit.jsonl`;
    await writeAudit(path, auditRecords(10), { chain: true, bytesMax: 3000, filesKept: 3 });
    await Deno.truncate(path);
    await Deno.remove(`${path}.1`);
    await new Deno.Command("mkfifo", { args: [`${path}.1`] }).output();
    const told: string[] = [];
    const diagnose = (line: string) => void told.push(line);
    const sink = auditFile(path, { clock: new FakeClock(), diagnose, chain: true });
    sink.write(decisionAudit());
    await sink.close();
    assertEquals(told, [`${path}: it does not end where its chain does: somebody has changed it`]);
    assertEquals(sink.lost, 0);
  },
});

Deno.test({
  name: "a process that is stopped while it holds the lock stops nobody else",
  ignore: Deno.build.os === "windows",
  fn: async () => {
    await using scratch = await makeScratch();
    const path = `${scratch.folder}/audit.jsonl`;
    const hold = `const f = await Deno.open(${JSON.stringify(`${path}.lock`)},
      { write: true, create: true, mode: 0o600 });
      await f.lock(true); console.log("held"); await new Promise((r) => setTimeout(r, 60_000));`;
    const holder = new Deno.Command(Deno.execPath(), { args: ["eval", hold], stdout: "piped" })
      .spawn();
    const reader = holder.stdout.getReader();
    await reader.read();
    holder.kill("SIGSTOP");
    const told: string[] = [];
    const clock = new FakeClock();
    const diagnose = (line: string) => void told.push(line);
    const sink = auditFile(path, { clock, diagnose, chain: true });
    const [first, ...others] = auditRecords(10);
    sink.write(first!);
    await until(() => clock.sleeping === 1, "it waits for the lock");
    clock.advance(2000);
    await until(() => told.length >= 1, "it says so");
    assertEquals(told, [`Cannot write ${path}: another process holds ${path}.lock`]);
    others.forEach((record) => sink.write(record));
    holder.kill("SIGKILL");
    await holder.status;
    await reader.cancel();
    clock.advance(1000);
    await until(() => told.length >= 2, "it works again");
    await sink.close();
    assertEquals([told[1], sink.lost], [`Can write ${path} again: 0 lines were lost`, 0]);
    const result = await verifyLog(path, null, new FakeClock());
    assertEquals(result.kind === "ok" && result.records, 10);
  },
});

for (const chain of ["chain", "plain"]) {
  Deno.test(`two processes write one log, and no line is lost: ${chain}`, async () => {
    await using scratch = await makeScratch();
    const path = `${scratch.folder}/audit.jsonl`;
    const writer = new URL("../support/audit_writer.ts", import.meta.url).pathname;
    const run = async (instance: string) => {
      const args = ["run", "-A", "--no-check", writer, path, instance, "400", chain, "20000"];
      const { stdout, stderr } = await new Deno.Command(Deno.execPath(), { args }).output();
      return new TextDecoder().decode(stdout) + new TextDecoder().decode(stderr);
    };
    assertEquals(await Promise.all([run("a"), run("b")]), ["0 lost\n", "0 lost\n"]);
    const result = await verifyLog(path, null, new FakeClock());
    assert(result.kind === "ok", JSON.stringify(result));
    assertEquals([result.records, result.instances], [800, 2]);
    assertEquals(result.linked, chain === "chain" ? 800 : 0);
    assert(result.files > 10);
  });
}

Deno.test("a process that is killed while it writes leaves a log that is whole", async () => {
  await using scratch = await makeScratch();
  const path = `${scratch.folder}/audit.jsonl`;
  const writer = new URL("../support/audit_writer.ts", import.meta.url).pathname;
  for (const instance of ["a", "b", "c"]) {
    const sizeBefore = await Deno.stat(path).then(({ size }) => size, () => 0);
    const args = [
      "run",
      "-A",
      "--no-check",
      writer,
      path,
      instance,
      "100000",
      "chain",
      "100000000",
    ];
    const child = new Deno.Command(Deno.execPath(), { args, stderr: "inherit" }).spawn();
    let size = sizeBefore;
    while (size < sizeBefore + 50_000) {
      size = await Deno.stat(path).then(({ size }) => size, () => 0);
    }
    child.kill("SIGKILL");
    await child.status;
    const result = await verifyLog(path, null, new FakeClock());
    // The system writes a piece as a whole, or a part of it: half a line is what the next writer takes off.
    assert(result.kind === "ok" || result.why.startsWith("it is cut"), JSON.stringify(result));
  }
  const torn = "it ended in the middle of a line";
  await writeAudit(path, auditRecords(3, "d"), { chain: true, bytesMax: 100_000_000 }, torn);
  const result = await verifyLog(path, null, new FakeClock());
  assertEquals(result.kind === "ok" && result.instances, 4, JSON.stringify(result));
});

/** Whether a disk of a test's own can be mounted here. */
const CAN_MOUNT = Deno.build.os === "linux" &&
  await new Deno.Command("unshare", { args: ["-rm", "mount", "-t", "tmpfs", "none", "/mnt"] })
    .output().then(({ success }) => success, () => false);

Deno.test({
  name: "a full disk costs records, counts them, and takes new ones when it has room again",
  ignore: !CAN_MOUNT,
  fn: async () => {
    await using scratch = await makeScratch();
    const script = new URL("../support/full_disk.ts", import.meta.url).pathname;
    const line = `mount -t tmpfs -o size=16m none "$1" && exec "$2" run -A --no-check "$3" "$1"`;
    const words = ["-rm", "sh", "-c", line, "sh", scratch.folder, Deno.execPath(), script];
    const { stdout, stderr } = await new Deno.Command("unshare", { args: words }).output();
    assertEquals(new TextDecoder().decode(stderr), "");
    const { verified, told, lost, lostWhileFull } = JSON.parse(new TextDecoder().decode(stdout));
    assertEquals(verified.kind, "ok", JSON.stringify(verified));
    assert(lostWhileFull > 1000);
    // What arrived and what was lost is all there was, nothing twice: half a line is taken off at once.
    assertEquals([verified.lost, verified.decisions + verified.closes], [lost, 24_000 - lost]);
    assertEquals(told.length, 3);
    assertStringIncludes(told[2], `again: ${lost} lines were lost`);
  },
});

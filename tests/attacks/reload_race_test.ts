// The configuration of a real `doorward start` is replaced in every way there is, under load.
import { assert, assertEquals, assertGreater, assertLess, assertMatch } from "@std/assert";
import { callAdmin, readAdmin } from "../support/admin_calls.ts";
import { type DoorwardStart, startDoorward } from "../support/doorward_cli.ts";
import { EventReader, type SentEvent } from "../support/event_reader.ts";
import { NO_POSIX } from "../support/machine.ts";
import { answering, ok, type Script, startOrigin } from "../support/origin.ts";
import { makeScratch } from "../support/scratch.ts";
import { type Load, type Outcome, steadyLoad } from "../support/steady_load.ts";

const SECONDS = Deno.env.get("DOORWARD_TEST_LONG") ? 20 : 4;
const PER_SECOND = 100;
/** Between two changes of the file. */
const EVERY_MS = 100;
/** The clocks of two processes on one machine, and the way of an event. */
const SLACK_MS = 50;

/** Allowed by every file, and by every second one. */
const STEADY = "127.0.0.3";
const FLIP = "127.0.0.2";

Deno.test({
  name:
    `reload race: under load each decision is that of its policy, and nothing else fails${NO_POSIX.why}`,
  ignore: NO_POSIX.ignore,
  async fn(): Promise<void> {
    await using scratch = await makeScratch();
    await using steady = startOrigin(untilTheEnd, STEADY);
    await using flip = startOrigin(untilTheEnd, FLIP);
    await writeTo(scratch.configFile, 0);
    const violations = `network.violation_file=${scratch.folder}/violations`;
    await using start = await startDoorward(["-c", violations], scratch);
    await using events = await EventReader.open(start, "?types=decision,blocked,reload");
    const over = new AbortController();
    const load = steadyLoad(
      start,
      [
        { authority: `${STEADY}:${steady.address.port}`, entrance: "http", kept: true },
        { authority: `${FLIP}:${flip.address.port}`, entrance: "http", kept: false },
        { authority: `${STEADY}:${steady.address.port}`, entrance: "connect", kept: false },
        { authority: `${FLIP}:${flip.address.port}`, entrance: "connect", kept: false },
      ],
      PER_SECOND,
      over.signal,
    );
    const [changes, done] = await Promise.all([
      replaceAgainAndAgain(start, scratch.configFile).finally(() => over.abort()),
      load,
    ]);
    await events.until(({ data }) => data.generation >= changes.generation, "the last reload");
    assertOnlyPolicy(done, events.events);
    assertDecisions(events.events);
    assertGreater(changes.count, SECONDS * 4);
  },
});

Deno.test({
  name: `reload race: a file that is not all there allows nothing more than it says${NO_POSIX.why}`,
  ignore: NO_POSIX.ignore,
  async fn(): Promise<void> {
    await using scratch = await makeScratch();
    const whole = configuration(0);
    await scratch.configure(whole);
    await using start = await startDoorward([], scratch);
    for (let length = whole.length - 1; length >= 0; length -= 7) {
      await Deno.writeTextFile(scratch.configFile, whole.slice(0, length));
      const { status } = await callAdmin(start, "POST", "/reload");
      const { allowed } = await readAdmin(start, "/patterns");
      // Either it was no TOML, and the policy before holds, or it was, and holds less.
      assert(status === 500 || status === 200);
      for (const pattern of allowed) assert([STEADY, FLIP].includes(pattern), pattern);
      if (status === 200) assert(whole.slice(0, length).includes(allowed.join('", "')), allowed);
    }
    await scratch.configure(whole);
    assertEquals((await callAdmin(start, "POST", "/reload")).status, 200);
    assertEquals((await readAdmin(start, "/patterns")).allowed, [STEADY, FLIP]);
  },
});

/** Answers, and closes when the client does. */
const untilTheEnd: Script = async (wire, index) => {
  try {
    await answering(ok())(wire, index);
  } catch {
    wire.close();
  }
};

function configuration(turn: number): string {
  const allowed = isFlipAllowed(turn) ? [STEADY, FLIP] : [STEADY];
  return `# ${turn}
[network]
enabled = true
ask = false
allowed_domains = ${JSON.stringify(allowed).replace(",", ", ")}
`;
}

function isFlipAllowed(turn: number): boolean {
  return turn % 2 === 0;
}

async function writeTo(file: string, turn: number): Promise<void> {
  await Deno.writeTextFile(file, configuration(turn));
}

/** The ways in which a file is replaced; between some of them it cannot be used for a moment. */
const MANNERS: readonly ((start: DoorwardStart, file: string, turn: number) => Promise<void>)[] = [
  async function rename(_, file, turn) {
    await writeTo(`${file}.new`, turn);
    await Deno.rename(`${file}.new`, file);
  },
  async function writeInPlace(_, file, turn) {
    await writeTo(file, turn);
  },
  async function swapLink(_, file, turn) {
    await writeTo(`${file}.${turn % 3}`, turn);
    await Deno.remove(`${file}.link`).catch(() => {
      // The first time there is none.
    });
    await Deno.symlink(`${file}.${turn % 3}`, `${file}.link`);
    await Deno.rename(`${file}.link`, file);
  },
  async function removeAndWrite(start, file, turn) {
    await Deno.remove(file);
    await assertOldPolicyHolds(start, /this file is gone/);
    await writeTo(file, turn);
  },
  async function breakAndMend(start, file, turn) {
    await Deno.writeTextFile(file, configuration(turn).replace(`"${STEADY}"`, '"*"'));
    await assertOldPolicyHolds(start, /dangerously_allow_all_domains/);
    await Deno.writeTextFile(file, "[network\n");
    await assertOldPolicyHolds(start, /config\.toml/);
    await writeTo(file, turn);
  },
];

async function replaceAgainAndAgain(
  start: DoorwardStart,
  file: string,
): Promise<{ readonly count: number; readonly generation: number }> {
  const begun = performance.now();
  let turn = 0;
  let generation = 1;
  while (performance.now() - begun < SECONDS * 1000) {
    turn += 1;
    await MANNERS[turn % MANNERS.length]!(start, file, turn);
    const { status, json, text } = await callAdmin(start, "POST", "/reload");
    assertEquals(status, 200, text);
    assertGreater(json.generation, generation);
    generation = json.generation;
    const health = await readAdmin(start, "/health");
    assertEquals([health.status, health.fault], ["ok", null]);
    assertEquals(health.rules.allow, isFlipAllowed(turn) ? 2 : 1);
    const due = begun + turn * EVERY_MS;
    await new Promise((resolve) => setTimeout(resolve, Math.max(0, due - performance.now())));
  }
  return { count: turn, generation };
}

async function assertOldPolicyHolds(start: DoorwardStart, why: RegExp): Promise<void> {
  const before = await readAdmin(start, "/patterns");
  const { status, json } = await callAdmin(start, "POST", "/reload");
  assertEquals([status, json.reason], [500, "reload_failed"]);
  const health = await readAdmin(start, "/health");
  assertEquals(health.status, "degraded");
  assertMatch(JSON.stringify(health.fault), why);
  const after = await readAdmin(start, "/patterns");
  assertEquals([after.allowed, after.generation], [before.allowed, before.generation]);
}

/** When each policy came, and whether it allows the host that comes and goes. */
interface Turn {
  readonly generation: number;
  readonly at: number;
  readonly allows: boolean;
}

function turnsOf(events: readonly SentEvent[]): readonly Turn[] {
  const turns: Turn[] = [{ generation: 1, at: 0, allows: true }];
  for (const { type, data } of events) {
    if (type !== "reload" || !data.ok) continue;
    const { allows } = turns.at(-1)!;
    const isAdded = data.changed.includes(`allow +${FLIP}`);
    const isRemoved = data.changed.includes(`allow -${FLIP}`);
    assertEquals(data.changed.length, Number(isAdded) + Number(isRemoved), data.changed.join());
    turns.push({
      generation: data.generation,
      at: data.at * 1000,
      allows: isAdded || (allows && !isRemoved),
    });
  }
  return turns;
}

/** Each decision agrees with the policy that it names. */
function assertDecisions(events: readonly SentEvent[]): void {
  const turns = turnsOf(events);
  const seen = { allow: 0, deny: 0, blocked: 0 };
  for (const { type, data } of events) {
    assert(type !== "dropped");
    if (type === "reload") continue;
    const turn = turns.findLast(({ generation }) => generation <= data.generation)!;
    const expected = data.host === STEADY || turn.allows ? "allow" : "deny";
    const said = type === "blocked" ? "deny" : data.decision;
    // What is not listed is told apart from what is denied only in the words of the seeds.
    assertEquals(said === "allow" ? "allow" : "deny", expected, JSON.stringify(data));
    seen[type === "blocked" ? "blocked" : expected] += 1;
  }
  for (const count of Object.values(seen)) assertGreater(count, SECONDS * 5);
}

/** No request for the steady host failed; one for the other was answered, blocked, or cut by a withdrawal. */
function assertOnlyPolicy({ outcomes, cuts }: Load, events: readonly SentEvent[]): void {
  const withdrawn = turnsOf(events).filter(({ allows }) => !allows).map(({ at }) => at);
  const isExcused = ({ kind, detail, authority, from, to }: Outcome): boolean => {
    if (kind === "answered") return detail === "hello";
    if (authority.startsWith(STEADY)) return false;
    if (kind === "blocked") return detail === "not_allowed";
    return kind === "cut" &&
      withdrawn.some((at) => at > from - SLACK_MS && at < to + SLACK_MS);
  };
  assertEquals(outcomes.filter((outcome) => !isExcused(outcome)), []);
  assertEquals(cuts, 0);
  const count = (kind: Outcome["kind"]) => outcomes.filter((each) => each.kind === kind).length;
  assertGreater(outcomes.length, SECONDS * PER_SECOND / 2);
  assertGreater(count("blocked"), SECONDS * 5);
  assertLess(count("cut"), outcomes.length / 10);
}

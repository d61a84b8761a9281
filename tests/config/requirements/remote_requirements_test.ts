import { assertEquals, assertRejects } from "@std/assert";
import { ConfigError } from "../../../src/config/errors.ts";
import type { GetDocument, Reply } from "../../../src/config/requirements/fetch_document.ts";
import {
  REFRESH_MS,
  RemoteRequirements,
  VALID_MS,
} from "../../../src/config/requirements/remote_requirements.ts";
import type {
  Kept,
  KeptDocument,
  RequirementsCache,
} from "../../../src/config/requirements/requirements_cache.ts";
import { FakeClock } from "../../support/fake_clock.ts";
import { inTime, turn, until } from "../../support/in_time.ts";

const NEVER = new AbortController().signal;
const URL_ = new URL("https://policy.test/r.toml?token=secret");
const NAME = "https://policy.test/r.toml?…";

const LIMITED = '[experimental_network]\nmode = "limited"\n';
const FULL = '[experimental_network]\nmode = "full"\n';

/** A server, a cache and a clock of a test. */
class Scene implements RequirementsCache {
  readonly clock = new FakeClock();
  readonly asked: (string | null)[] = [];
  /** What the server answers: a document, or a status. */
  answer: string | number = LIMITED;
  kept: Kept = { kind: "absent" };
  canKeep = true;

  read(): Promise<Kept> {
    return Promise.resolve(this.kept);
  }

  write(_: URL, document: KeptDocument): Promise<void> {
    if (!this.canKeep) return Promise.reject(new Error("Cannot keep it"));
    this.kept = { kind: "document", document };
    return Promise.resolve();
  }

  get get(): GetDocument {
    return (_, etag) => {
      this.asked.push(etag);
      const { answer } = this;
      const reply: Reply = {
        status: typeof answer === "number" ? answer : 200,
        etag: '"new"',
        contentType: null,
        location: null,
        isDelimited: true,
        bytes: new TextEncoder().encode(typeof answer === "number" ? "" : answer),
      };
      return Promise.resolve(reply);
    };
  }

  /** Has a document kept that the server vouched for so long ago. */
  keep(text: string, ageMs: number): void {
    const fetchedAt = this.clock.now() - ageMs;
    this.kept = { kind: "document", document: { text, etag: '"kept"', fetchedAt } };
  }

  remote(): RemoteRequirements {
    return new RemoteRequirements(URL_, { get: this.get, clock: this.clock, cache: this });
  }

  /** The mode that is required, and what is to be known of it; time passes until then. */
  async load(remote = this.remote()) {
    let over = false;
    const loading = remote.load(NEVER).finally(() => over = true);
    loading.catch(() => {
      // It is told below.
    });
    while (!over) {
      await turn();
      if (!over) this.clock.advance(1000);
    }
    const { requirements, notices } = await inTime(loading, "the requirements");
    return {
      mode: requirements.values.mode?.value,
      notices: notices.map(({ message }) => message),
    };
  }
}

Deno.test("RemoteRequirements fetches, keeps what it fetched, and says where it stands", async () => {
  const scene = new Scene();
  const remote = scene.remote();
  assertEquals(await scene.load(remote), { mode: "limited", notices: [] });
  assertEquals(scene.asked, [null]);
  assertEquals(scene.kept, {
    kind: "document",
    document: { text: LIMITED, etag: '"new"', fetchedAt: scene.clock.now() },
  });
  assertEquals(remote.name, NAME);
  const { requirements } = await remote.load(NEVER);
  assertEquals(requirements.values.mode?.origin, { file: NAME, line: 2, column: 1 });
  assertEquals(scene.asked.length, 1);
});

Deno.test("RemoteRequirements needs no server while what is kept is young", async () => {
  const scene = new Scene();
  scene.answer = 503;
  scene.keep(LIMITED, REFRESH_MS - 1);
  assertEquals(await scene.load(), { mode: "limited", notices: [] });
  assertEquals(scene.asked, []);
});

Deno.test("RemoteRequirements asks whether what is kept still holds", async () => {
  for (const age of [REFRESH_MS, VALID_MS, VALID_MS + 1, 100 * VALID_MS]) {
    const scene = new Scene();
    scene.answer = 304;
    scene.keep(LIMITED, age);
    assertEquals(await scene.load(), { mode: "limited", notices: [] });
    assertEquals(scene.asked, ['"kept"']);
    assertEquals(
      scene.kept.kind === "document" && scene.kept.document.fetchedAt,
      scene.clock.now(),
    );
  }
});

Deno.test("RemoteRequirements takes what the server has now, be it an older one", async () => {
  const scene = new Scene();
  scene.answer = FULL;
  scene.keep(LIMITED, REFRESH_MS);
  assertEquals((await scene.load()).mode, "full");
});

Deno.test("RemoteRequirements goes on with what is kept for half an hour, and says so", async () => {
  const scene = new Scene();
  scene.answer = 503;
  scene.keep(LIMITED, VALID_MS);
  assertEquals(await scene.load(), {
    mode: "limited",
    notices: ["cannot refresh: it answered 503; those of 30 minutes ago are used"],
  });
  assertEquals(scene.asked.length, 1);
});

const CANNOT = "cannot fetch these requirements: it answered 503";

/** What is kept, and what is said when the server does not answer either. */
const CLOSED: readonly (readonly [string, (scene: Scene) => void, string])[] = [
  ["nothing", () => {}, `${CANNOT}; nothing runs without them`],
  [
    "what is too old",
    (scene) => scene.keep(LIMITED, VALID_MS + 20_000),
    `${CANNOT}; those that were kept are too old; nothing runs without them`,
  ],
  [
    "what is of the future",
    (scene) => scene.keep(LIMITED, -60_000),
    `${CANNOT}; those that were kept are too old; nothing runs without them`,
  ],
  [
    "what was changed",
    (scene) => scene.kept = { kind: "refused", why: "somebody changed it" },
    `${CANNOT}; those that were kept are not used: somebody changed it; nothing runs without them`,
  ],
];

for (const [what, prepare, message] of CLOSED) {
  Deno.test(`RemoteRequirements fails when the server is down, and ${what} is kept`, async () => {
    const scene = new Scene();
    scene.answer = 503;
    prepare(scene);
    const error = await assertRejects(() => scene.load(), ConfigError);
    assertEquals(error.faults, [{ origin: { file: NAME, line: null, column: null }, message }]);
    assertEquals(scene.asked.length, 5);
  });
}

Deno.test("RemoteRequirements fails by a document with faults, and keeps none", async () => {
  const scene = new Scene();
  scene.answer = "[experimental_network]\nmode = 1\n";
  scene.keep(LIMITED, REFRESH_MS);
  const before = scene.kept;
  const error = await assertRejects(() => scene.load(), ConfigError);
  assertEquals(error.faults[0]!.origin, { file: NAME, line: 2, column: 8 });
  assertEquals(scene.kept, before);
});

Deno.test("RemoteRequirements takes an empty document for no requirements", async () => {
  const scene = new Scene();
  scene.answer = "";
  assertEquals(await scene.load(), { mode: undefined, notices: [] });
});

Deno.test("RemoteRequirements does without a cache, and says when it cannot keep anything", async () => {
  const scene = new Scene();
  const without = new RemoteRequirements(URL_, { get: scene.get, clock: scene.clock, cache: null });
  assertEquals(await scene.load(without), { mode: "limited", notices: [] });
  scene.canKeep = false;
  assertEquals(await scene.load(), {
    mode: "limited",
    notices: ["cannot be kept for when the server is down: Cannot keep it"],
  });
});

Deno.test("RemoteRequirements takes a cache that cannot be read for none", async () => {
  const scene = new Scene();
  scene.read = () => Promise.reject(new Error("Cannot use the key"));
  assertEquals((await scene.load()).mode, "limited");
  scene.answer = 404;
  const error = await assertRejects(() => scene.load(), ConfigError);
  assertEquals(error.message.includes("are not used: Cannot use the key; nothing runs"), true);
});

Deno.test("RemoteRequirements.keepFresh() asks every five minutes, and tells of a change", async () => {
  const scene = new Scene();
  const remote = scene.remote();
  await scene.load(remote);
  const stop = new AbortController();
  const told: string[] = [];
  const modes: (string | undefined)[] = [];
  const running = remote.keepFresh({
    tell: (line) => told.push(line),
    changed: async () => {
      modes.push((await remote.load(NEVER)).requirements.values.mode?.value);
    },
  }, stop.signal);
  /** Lets so much time pass that there is another answer, whatever it is. */
  const round = async (answer: string | number, attempts = 1) => {
    scene.answer = answer;
    const before = scene.asked.length;
    await until(() => scene.clock.sleeping === 1, "it waits");
    scene.clock.advance(REFRESH_MS - 1);
    await turn();
    assertEquals(scene.asked.length, before);
    scene.clock.advance(1);
    for (let at = 1; at < attempts; at++) {
      await until(
        () => scene.asked.length === before + at && scene.clock.sleeping === 1,
        "it waits",
      );
      scene.clock.advance(8000);
    }
    await until(() => scene.asked.length === before + attempts, "it asks");
    await until(() => scene.clock.sleeping === 1, "it waits again");
  };
  await round(304);
  await round(LIMITED);
  assertEquals([modes, told, scene.asked.at(-1)], [[], [], '"new"']);
  await round(FULL);
  assertEquals(modes, ["full"]);
  await round(503, 5);
  await round(503, 5);
  await round("mode = 1\n");
  assertEquals(scene.kept.kind === "document" && scene.kept.document.text, FULL);
  assertEquals(told, [
    `Cannot refresh the requirements ${NAME}: it answered 503; the last ones stay in force`,
  ]);
  assertEquals((await remote.load(NEVER)).requirements.values.mode?.value, "full");
  await round(304);
  assertEquals(told.slice(1), [`The requirements ${NAME} can be fetched again`]);
  await round("mode = 1\nmodes = 1\n");
  assertEquals(
    told.at(-1)!.startsWith(
      `Cannot refresh the requirements ${NAME}: they have faults: ${NAME}:1:1: unknown key "mode"`,
    ),
    true,
  );
  assertEquals(told.at(-1)!.endsWith(" (and 1 more); the last ones stay in force"), true);
  await round(LIMITED);
  assertEquals(modes, ["full", "limited"]);
  stop.abort();
  await inTime(running, "the end");
  assertEquals(scene.clock.sleeping, 0);
});

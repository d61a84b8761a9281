import { assertEquals } from "@std/assert";
import { followRequirements } from "../../src/library/follow_requirements.ts";
import type { GetDocument } from "../../src/config/requirements/fetch_document.ts";
import {
  REFRESH_MS,
  RemoteRequirements,
} from "../../src/config/requirements/remote_requirements.ts";
import { LOOK_MS } from "../../src/config/watch_config.ts";
import { FakeClock } from "../support/fake_clock.ts";
import { turn, until } from "../support/in_time.ts";
import { makeScratch } from "../support/scratch.ts";

/** Whoever reloads, and what they were told. */
function ears() {
  const reloads: string[] = [];
  const told: string[] = [];
  const reload = (by?: string) => {
    reloads.push(String(by));
    return Promise.reject(new Error("Cannot reload"));
  };
  return { reloads, told, live: { reload }, tell: (line: string) => void told.push(line) };
}

Deno.test("followRequirements() reads everything again when either file changes", async () => {
  await using scratch = await makeScratch();
  const clock = new FakeClock();
  const heard = ears();
  const systemFile = `${scratch.folder}/system.toml`;
  const named = await scratch.write("named.toml", "");
  {
    await using _ = followRequirements({ systemFile, named }, heard, clock, new Map());
    for (const [count, name] of ["system.toml", "named.toml"].entries()) {
      await until(() => clock.sleeping === 2, "both are looked at");
      await scratch.write(name, "[experimental_network]\n");
      for (let look = 0; look < 2; look++) {
        clock.advance(LOOK_MS);
        await until(() => clock.sleeping === 2, "both were looked at");
      }
      assertEquals(heard.reloads, Array(count + 1).fill("watch"));
    }
  }
  assertEquals(clock.sleeping, 0);
});

Deno.test("followRequirements() reads everything again when the URL says something else", async () => {
  const clock = new FakeClock();
  const heard = ears();
  let answer: string | number = "";
  const get: GetDocument = () =>
    Promise.resolve({
      status: typeof answer === "number" ? answer : 200,
      etag: null,
      contentType: null,
      location: null,
      isDelimited: true,
      bytes: new TextEncoder().encode(String(answer)),
    });
  const named = new RemoteRequirements(new URL("https://policy.test/"), {
    get,
    clock,
    cache: null,
  });
  await named.load(new AbortController().signal);
  {
    await using _ = followRequirements(
      { systemFile: "/no/r.toml", named },
      heard,
      clock,
      new Map(),
    );
    await until(() => clock.sleeping === 2, "it waits");
    answer = "# changed\n";
    clock.advance(REFRESH_MS);
    await until(() => heard.reloads.length === 1 && clock.sleeping === 2, "it is read again");
    answer = 404;
    clock.advance(REFRESH_MS);
    await until(() => heard.told.length === 1, "it is told");
  }
  assertEquals(heard.told[0]?.endsWith("it answered 404; the last ones stay in force"), true);
  assertEquals([heard.reloads, clock.sleeping], [["watch"], 0]);
});

Deno.test("followRequirements() is over when what it began to read is read", async () => {
  await using scratch = await makeScratch();
  const clock = new FakeClock();
  const reading = Promise.withResolvers<never>();
  const events: string[] = [];
  const live = {
    reload: () => {
      events.push("begun");
      return reading.promise.finally(() => events.push("read"));
    },
  };
  const systemFile = `${scratch.folder}/system.toml`;
  const ears = { live, tell: () => {} };
  const following = followRequirements({ systemFile, named: null }, ears, clock, new Map());
  await until(() => clock.sleeping === 1, "it is looked at");
  await scratch.write("system.toml", "[experimental_network]\n");
  for (let look = 0; look < 2; look++) {
    clock.advance(LOOK_MS);
    await until(() => clock.sleeping === 1, "it was looked at");
  }
  const over = following[Symbol.asyncDispose]().then(() => events.push("over"));
  await until(() => clock.sleeping === 0, "nobody looks any more");
  await turn();
  events.push("ends");
  reading.reject(new Error("Cannot reload"));
  await over;
  assertEquals(events, ["begun", "ends", "read", "over"]);
});

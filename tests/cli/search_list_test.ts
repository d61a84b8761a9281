import { assertEquals, assertThrows } from "@std/assert";
import { withoutSearchList } from "../../src/cli/search_list.ts";

const NAME = "LOCALDOMAIN";

/** Runs with the variable as given, and puts back what was there. */
function given(value: string | undefined, test: () => void): void {
  const before = Deno.env.get(NAME);
  if (value === undefined) Deno.env.delete(NAME);
  else Deno.env.set(NAME, value);
  try {
    test();
  } finally {
    if (before === undefined) Deno.env.delete(NAME);
    else Deno.env.set(NAME, before);
  }
}

Deno.test("withoutSearchList() empties the search list of this process", () => {
  given("corp.test", () => {
    withoutSearchList({ [NAME]: "corp.test" });
    assertEquals(Deno.env.get(NAME), "");
  });
});

Deno.test("duringSpawn() shows a child what we were given, and nobody else", () => {
  given("corp.test", () => {
    const list = withoutSearchList({ [NAME]: "corp.test" });
    assertEquals(list.duringSpawn(() => Deno.env.get(NAME)), "corp.test");
    assertEquals(Deno.env.get(NAME), "");
  });
  given(undefined, () => {
    const list = withoutSearchList({});
    assertEquals(list.duringSpawn(() => Deno.env.get(NAME)), undefined);
    assertEquals(Deno.env.get(NAME), "");
  });
});

Deno.test("duringSpawn() takes it away again when nothing was spawned", () => {
  given(undefined, () => {
    const list = withoutSearchList({});
    assertThrows(() =>
      list.duringSpawn(() => {
        throw new Deno.errors.NotFound("no such command");
      }), Deno.errors.NotFound);
    assertEquals(Deno.env.get(NAME), "");
  });
});

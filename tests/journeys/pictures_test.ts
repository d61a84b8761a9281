// The pictures of terminals in the documentation show what the program prints now.
import { assertEquals } from "@std/assert";
import { terminalPictures } from "../screenshots/terminals.ts";
import { testClient } from "../support/client_world.ts";
import { curl } from "../support/clients.ts";

/** What is written in a picture, and where. */
function written(svg: string): readonly string[] {
  return svg.split("\n").filter((line) => line.startsWith("<text"));
}

testClient(curl, "terminal pictures are what `deno task screenshots terminals` makes", async () => {
  for (const [name, svg] of await terminalPictures(false)) {
    const kept = await Deno.readTextFile(`${import.meta.dirname}/../../docs/${name}`);
    // What takes the time of a person is in the picture alone.
    const made = written(svg);
    assertEquals(written(kept).slice(0, made.length), made, name);
  }
});

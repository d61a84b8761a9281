import { assertEquals } from "@std/assert";
import { configHome } from "../../../src/config/config_home.ts";
import { EXIT } from "../../../src/cli/exit_code.ts";
import { ENVIRONMENT, EXIT_STATUS, FILES } from "../../../src/cli/manual/manual_text.ts";
import { sourceFiles } from "../../support/source.ts";

Deno.test("EXIT_STATUS has every number that Doorward ends with", () => {
  const codes = EXIT_STATUS.map(([code]) => code).filter((code) => code !== "other");
  assertEquals(codes.map(Number), Object.values(EXIT));
});

Deno.test("ENVIRONMENT has variables that are read, and no other", async () => {
  const source = (await sourceFiles()).filter(({ path }) => !path.startsWith("src/cli/manual/"));
  const names = ENVIRONMENT.flatMap(([name]) => name.split(", "));
  const unread = names.filter((name) => !source.some(({ text }) => text.includes(`"${name}"`)));
  assertEquals(unread, []);
});

Deno.test("FILES has the configuration where it is looked for", () => {
  const { file } = configHome({ HOME: "~" }, "linux")!;
  assertEquals(FILES[0]![0], file);
});

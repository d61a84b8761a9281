import { assertEquals } from "@std/assert";
import { systemMachine } from "../../src/library/machine.ts";

Deno.test("the machine is this one, with the environment that it is given", () => {
  const machine = systemMachine({ HOME: "/home/a", ProgramData: "C:\\ProgramData" });
  assertEquals(machine.env["HOME"], "/home/a");
  assertEquals(machine.os, Deno.build.os);
  const isWindows = Deno.build.os === "windows";
  assertEquals(machine.systemFolder, isWindows ? "C:\\ProgramData\\Doorward" : "/etc/doorward");
  assertEquals(machine.unixSockets === null, isWindows);
});

import { assertEquals, assertMatch } from "@std/assert";
import { readProfileOptions } from "./profile_options.ts";
import { SCENARIOS } from "./scenarios.ts";

Deno.test("readProfileOptions() takes a part of one title, or a whole title, in whatever case", () => {
  const plain = SCENARIOS.find(({ title }) => title === "plain HTTP, kept, 64 connections")!;
  assertEquals(readProfileOptions(["PLAIN http, kept, 64"], "/tmp"), {
    scenario: plain,
    seconds: 5,
    out: "/tmp/profile.cpuprofile",
    top: 40,
  });
  assertEquals(
    readProfileOptions([plain.title, "--seconds", "2", "--out", "x", "--top", "9"], "/tmp"),
    { scenario: plain, seconds: 2, out: "x", top: 9 },
  );
});

Deno.test("readProfileOptions() lists the rows where more than one is meant", () => {
  for (const words of [[], ["kept"]]) {
    assertMatch(String(readProfileOptions(words, "/tmp")), /\n {2}plain HTTP, kept, 512 conn/);
  }
});

Deno.test("readProfileOptions() names what it cannot do", () => {
  const all = ["kept, 512"];
  assertEquals(readProfileOptions(["teapot"], "/tmp"), 'no row has "teapot" in its title');
  assertEquals(readProfileOptions([...all, "--secnds"], "/tmp"), 'unknown argument "--secnds"');
  assertEquals(readProfileOptions([...all, "more"], "/tmp"), 'unknown argument "more"');
  assertEquals(readProfileOptions([...all, "--out"], "/tmp"), "--out takes a file");
  for (const value of ["0", "x", "601"]) {
    const said = readProfileOptions([...all, "--seconds", value], "/tmp");
    assertEquals(said, "--seconds takes a number up to 600");
  }
  for (const value of ["0", "1.5"]) {
    const said = readProfileOptions([...all, "--top", value], "/tmp");
    assertEquals(said, "--top takes a number from 1 to 1000");
  }
});

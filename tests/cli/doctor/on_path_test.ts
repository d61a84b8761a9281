import { assertEquals } from "@std/assert";
import { findOnPath } from "../../../src/cli/doctor/on_path.ts";
import { type FakeEntry, fakeInstruments } from "./make_situation.ts";

const folder: FakeEntry = { kind: "folder", mode: 0o755 };
const program: FakeEntry = { mode: 0o755 };
const cwd = () => "/project";

Deno.test("findOnPath() finds programs as a shell does", async () => {
  const files = {
    "/a": folder,
    "/b": folder,
    "/project": folder,
    "/secret": { kind: "hidden", why: "permission denied" } as const,
    "/a/curl": { mode: 0o644 },
    "/b/curl": program,
    "/b/git": program,
    "/a/ssh": { kind: "folder" } as const,
    "/project/npm": program,
    "/pipe": { kind: "other" } as const,
  };
  const env = { PATH: "/none:/a:/secret:/pipe:/b:/b:" };
  const names = ["curl", "git", "ssh", "npm", "node"];
  const found = await findOnPath(names, { env, os: "linux", cwd }, fakeInstruments(files));
  assertEquals(Object.fromEntries(found.programs), {
    curl: "/b/curl",
    git: "/b/git",
    npm: "/project/npm",
  });
  assertEquals(found.hidden, ["/secret"]);
});

Deno.test("findOnPath() finds nothing without a PATH", async () => {
  const instruments = fakeInstruments({ "/project": folder, "/project/git": program });
  const found = await findOnPath(["git"], { env: {}, os: "linux", cwd }, instruments);
  assertEquals([...found.programs], []);
});

Deno.test("findOnPath() knows programs by their endings on Windows", async () => {
  const files = { "C:\\bin": folder, "C:\\bin\\git.EXE": { mode: null } };
  const env = { Path: "C:\\bin", PATHEXT: ".COM;.EXE" };
  const found = await findOnPath(["git"], { env, os: "windows", cwd }, fakeInstruments(files));
  assertEquals([...found.programs], [["git", "C:\\bin\\git.EXE"]]);
});

Deno.test("findOnPath() looks into no more folders than anybody has", async () => {
  let looks = 0;
  const instruments = fakeInstruments();
  const look = (path: string) => {
    looks += 1;
    return instruments.look(path);
  };
  const env = { PATH: Array.from({ length: 5000 }, (_, at) => `/${at}`).join(":") };
  await findOnPath(["git"], { env, os: "linux", cwd }, { look });
  assertEquals(looks, 100);
});

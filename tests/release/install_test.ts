// The install script, with a server in the place of the releases.
import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { type Needed, testClient } from "../support/client_world.ts";
import { NO_POSIX } from "../support/machine.ts";
import { type Ended, runProgram, whereIs } from "../support/programs.ts";
import { makeScratch, type Scratch } from "../support/scratch.ts";
import { executable, type Releases, startReleases } from "./releases.ts";

const script = `${import.meta.dirname}/../../.github/install.sh`;

/** The releases of a project, and somebody who installs one of them. */
interface World extends Releases {
  readonly scratch: Scratch;
  /** What `uname` says. */
  become(system: string, machine: string): Promise<void>;
  install(...args: string[]): Promise<Ended>;
  /** What is in the folder that was to be installed to; null when it is not there. */
  installed(folder?: string): Promise<string[] | null>;
}

async function makeWorld(): Promise<World> {
  await using stack = new AsyncDisposableStack();
  const scratch = stack.use(await makeScratch());
  const releases = stack.use(await startReleases(["0.1.0", "0.2.0"], scratch));
  const { pages, server } = releases;
  const tool = async (name: string, text: string) => {
    const path = await scratch.write(`tools/${name}`, `#!/bin/sh\n${text}\n`);
    await Deno.chmod(path, 0o755);
  };
  const owned = stack.move();
  const world: World = {
    scratch,
    server,
    pages,
    async become(system, machine): Promise<void> {
      await tool("uname", `case $1 in -s) echo ${system} ;; -m) echo ${machine} ;; esac`);
    },
    install: (...args) =>
      runProgram(["sh", script, ...args], {
        cwd: scratch.folder,
        env: {
          ...scratch.env,
          PATH: `${scratch.folder}/tools:${scratch.env.PATH}`,
          DOORWARD_RELEASES: server.url,
        },
      }),
    async installed(folder = `${scratch.home}/.local/bin`): Promise<string[] | null> {
      try {
        return (await Array.fromAsync(Deno.readDir(folder))).map(({ name }) => name).sort();
      } catch (error) {
        if (error instanceof Deno.errors.NotFound) return null;
        throw error;
      }
    },
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
  await world.become("Linux", "x86_64");
  return world;
}

function testInstall(name: string, test: (world: World) => Promise<void>): void {
  Deno.test({
    name: `install.sh ${name}${NO_POSIX.why}`,
    ignore: NO_POSIX.ignore,
    async fn(): Promise<void> {
      await using world = await makeWorld();
      await test(world);
    },
  });
}

testInstall("installs the newest release, ready to run", async ({ install, ...world }) => {
  const { code, stderr } = await install();
  assertEquals(code, 0, stderr);
  assertEquals(await world.installed(), ["doorward"]);
  const file = `${world.scratch.home}/.local/bin/doorward`;
  const { stdout } = await runProgram([file], world.scratch);
  assertEquals(stdout, "doorward-0.2.0-x86_64-unknown-linux-gnu runs\n");
  assertMatch(stderr, /downloading Doorward 0\.2\.0 for x86_64-unknown-linux-gnu\n/);
  assertMatch(stderr, /the checksum is right: [0-9a-f]{64}\n/);
  assertStringIncludes(stderr, `installed ${file}\n`);
  assertStringIncludes(stderr, "is not on your PATH");
});

testInstall("takes a version and a folder, and replaces what is there", async (world) => {
  const folder = `${world.scratch.folder}/some where`;
  await world.scratch.write("some where/doorward", "an old one");
  for (const version of ["0.1.0", "v0.1.0"]) {
    const { code, stderr } = await world.install("--version", version, "--dir", folder);
    assertEquals(code, 0, stderr);
    const { stdout } = await runProgram([`${folder}/doorward`], world.scratch);
    assertEquals(stdout, "doorward-0.1.0-x86_64-unknown-linux-gnu runs\n");
  }
  assertEquals(await world.installed(folder), ["doorward"]);
});

testInstall("picks the executable by system and machine", async (world) => {
  const cases = [
    ["Linux", "aarch64", "doorward-0.2.0-aarch64-unknown-linux-gnu"],
    ["Linux", "amd64", "doorward-0.2.0-x86_64-unknown-linux-gnu"],
    ["Darwin", "arm64", "doorward-0.2.0-aarch64-apple-darwin"],
    ["Darwin", "x86_64", "doorward-0.2.0-x86_64-apple-darwin"],
    ["MINGW64_NT-10.0-26100", "x86_64", "doorward-0.2.0-x86_64-pc-windows-msvc.exe"],
  ] as const;
  for (const [system, machine, name] of cases) {
    await world.become(system, machine);
    const folder = `${world.scratch.folder}/${system}-${machine}`;
    const { code, stderr } = await world.install("--dir", folder);
    assertEquals(code, 0, stderr);
    const file = name.endsWith(".exe") ? "doorward.exe" : "doorward";
    assertEquals(await Deno.readTextFile(`${folder}/${file}`), executable(name));
  }
});

testInstall("refuses a system that there is no executable for", async (world) => {
  for (const [system, machine] of [["FreeBSD", "x86_64"], ["Linux", "riscv64"]] as const) {
    await world.become(system, machine);
    const { code, stderr } = await world.install();
    assertEquals(code, 1);
    assertMatch(stderr, /there is no executable for (FreeBSD|riscv64); nothing was installed\n$/);
  }
  await world.become("Linux", "x86_64");
  const ldd = await world.scratch.write(
    "tools/ldd",
    "#!/bin/sh\necho 'musl libc (x86_64)' >&2\nexit 1\n",
  );
  await Deno.chmod(ldd, 0o755);
  assertStringIncludes((await world.install()).stderr, "there is no executable for musl");
  assertEquals(await world.installed(), null);
});

const newest = "/download/v0.2.0/doorward-0.2.0-x86_64-unknown-linux-gnu";

testInstall("refuses what was changed, and leaves what is there", async (world) => {
  await world.scratch.write("home/.local/bin/doorward", "an old one");
  world.pages.set(newest, executable("something else"));
  const { code, stderr } = await world.install();
  assertEquals(code, 1);
  assertMatch(stderr, /the checksum of \S+ is [0-9a-f]{64}, and SHA256SUMS says [0-9a-f]{64}: /);
  assertEquals(await world.installed(), ["doorward"]);
  const file = `${world.scratch.home}/.local/bin/doorward`;
  assertEquals(await Deno.readTextFile(file), "an old one");
});

testInstall("refuses what was cut short, told or not", async (world) => {
  const whole = world.pages.get(newest) as string;
  world.pages.set(newest, whole.slice(0, 20));
  assertStringIncludes((await world.install()).stderr, "it was cut short, or changed");
  const headers = { "content-length": String(whole.length) };
  const stream = ReadableStream.from([new TextEncoder().encode(whole.slice(0, 20))]);
  world.pages.set(newest, new Response(stream, { headers }));
  const { code } = await world.install();
  assertEquals([code, await world.installed()], [1, []]);
});

testInstall("refuses a release without checksums, or without this system's", async (world) => {
  world.pages.set("/latest/download/SHA256SUMS", `${"0".repeat(64)}  doorward-0.2.0-other\n`);
  assertStringIncludes((await world.install()).stderr, "names no executable for x86_64-unknown-");
  const { code, stderr } = await world.install("--version", "9.9.9");
  assertEquals(code, 1);
  assertStringIncludes(stderr, "cannot download");
  assertEquals(await world.installed(), []);
  assertEquals(world.server.requests.filter((request) => request.includes("/doorward-")), []);
});

testInstall(
  "refuses options that make no sense, and places that are not safe, with 2",
  async (world) => {
    for (const args of [["--nope"], ["--version"], ["--dir", ""], ["--version", "../.."]]) {
      const { code, stderr } = await world.install(...args);
      assertEquals(code, 2, args.join(" "));
      assertStringIncludes(stderr, "; see --help");
    }
    for (const place of ["http://example.com/x", "http://127.0.0.1:1@example.com/", "ftp://x"]) {
      const env = { ...world.scratch.env, DOORWARD_RELEASES: place };
      const { code, stderr } = await runProgram(["sh", script], { env });
      assertEquals(code, 2, place);
      assertStringIncludes(stderr, "DOORWARD_RELEASES");
    }
    assertEquals(world.server.requests, []);
  },
);

testInstall("does nothing when it was cut short itself", async (world) => {
  const text = await Deno.readTextFile(script);
  const part = await world.scratch.write("part.sh", text.slice(0, text.lastIndexOf("main ")));
  const env = { ...world.scratch.env, DOORWARD_RELEASES: world.server.url };
  const { code, stdout, stderr } = await runProgram(["sh", part], { env });
  assertEquals([code, stdout, stderr, world.server.requests], [0, "", "", []]);
});

testInstall("--help tells what it does", async (world) => {
  const { code, stdout } = await world.install("--help");
  assertEquals(code, 0);
  assertStringIncludes(stdout, "compares it with the SHA256SUMS of its release");
});

const WGET: Needed = { name: "wget", program: whereIs("wget"), wanted: "wget" };

testClient(
  WGET,
  "install.sh takes wget where there is no curl, and says so where there is neither",
  async () => {
    await using world = await makeWorld();
    const path = `${world.scratch.folder}/only`;
    await Deno.mkdir(path);
    const link = (name: string) => Deno.symlink(whereIs(name)!, `${path}/${name}`);
    for (const name of ["uname", "mkdir", "mktemp", "sha256sum", "cut", "chmod", "mv", "rm"]) {
      await link(name);
    }
    const env = { ...world.scratch.env, PATH: path, DOORWARD_RELEASES: world.server.url };
    const install = () => runProgram([whereIs("sh")!, script], { env });
    assertStringIncludes((await install()).stderr, "there is neither curl nor wget");
    await link("wget");
    const { code, stderr } = await install();
    assertEquals([code, await world.installed()], [0, ["doorward"]], stderr);
    await Deno.remove(`${path}/sha256sum`);
    assertStringIncludes((await install()).stderr, "neither sha256sum nor shasum");
  },
);

const SHELLCHECK: Needed = {
  name: "shellcheck",
  program: whereIs("shellcheck"),
  wanted: "shellcheck",
};

testClient(SHELLCHECK, "shellcheck finds nothing in the scripts", async (shellcheck) => {
  await using scratch = await makeScratch();
  const scripts = [".github/install.sh", ".github/action.sh", ".ci/run"]
    .map((path) => `${import.meta.dirname}/../../${path}`);
  const { code, stdout } = await runProgram([shellcheck, ...scripts], scratch);
  assertEquals([code, stdout], [0, ""]);
});

import { assertEquals, assertMatch, assertRejects, assertStringIncludes } from "@std/assert";
import denoJson from "../../deno.json" with { type: "json" };
import { type Needed, testClient } from "../support/client_world.ts";
import { runProgram, whereIs } from "../support/programs.ts";
import { makeScratch, type Scratch } from "../support/scratch.ts";
import { checksumsIn, sha256Of } from "./checksums.ts";
import { executable } from "./releases.ts";
import { executableName, TARGETS } from "./targets.ts";
import { writeAssets } from "./write_assets.ts";

const { version } = denoJson;
const names = TARGETS.map((target) => executableName(version, target));

/** A folder with an executable for each target, and what else a release has. */
async function makeRelease(scratch: Scratch): Promise<string> {
  for (const name of names) await scratch.write(`dist/${name}`, executable(name));
  await writeAssets(version, `${scratch.folder}/dist`);
  return `${scratch.folder}/dist`;
}

Deno.test("writeAssets() completes a release, with the checksum of every file", async () => {
  await using scratch = await makeScratch();
  const folder = await makeRelease(scratch);
  const lines = (await Deno.readTextFile(`${folder}/SHA256SUMS`)).trim().split("\n");
  const sums = lines.map((line) => line.split("  ").toReversed());
  assertEquals(sums, [...await checksumsIn(folder)]);
  const others = ["doorward.rb", "install.sh", `doorward-${version}.cdx.json`];
  assertEquals(sums.map(([name]) => name), [...names, ...others].sort());
});

Deno.test("writeAssets() names each executable in the formula, with its checksum", async () => {
  await using scratch = await makeScratch();
  const folder = await makeRelease(scratch);
  const formula = await Deno.readTextFile(`${folder}/doorward.rb`);
  const named = formula.matchAll(/url "(\S+)"\n +sha256 "([0-9a-f]{64})"/g);
  const place = `https://github.com/doorward/doorward/releases/download/v${version}`;
  const posix = names.filter((name) => !name.endsWith(".exe"));
  assertEquals(
    new Map([...named].map(([, url, sum]) => [url, sum])),
    new Map(
      await Promise.all(
        posix.map(async (name) =>
          [`${place}/${name}`, await sha256Of(`${folder}/${name}`)] as const
        ),
      ),
    ),
  );
  assertMatch(formula, RegExp(`^ {2}version "${version}"$`, "m"));
});

Deno.test("writeAssets() rejects without an executable for every target", async () => {
  await using scratch = await makeScratch();
  await scratch.write(`dist/${names[0]}`, "");
  const failing = () => writeAssets(version, `${scratch.folder}/dist`);
  await assertRejects(failing, Error, "Cannot write a formula without doorward-");
});

Deno.test("deno task assets refuses a tag that is not the version, and words that mean nothing", async () => {
  await using scratch = await makeScratch();
  const words = [
    Deno.execPath(),
    "run",
    "--quiet",
    "--allow-read",
    `${import.meta.dirname}/assets.ts`,
  ];
  const assets = (...args: string[]) => runProgram([...words, ...args], scratch);
  const { code, stdout, stderr } = await assets("--tag", "v9.8.7", "--check");
  assertEquals([code, stdout], [1, ""]);
  const said =
    `Cannot make a release: The tag is v9.8.7, and the version in deno.json ${version}\n`;
  assertEquals(stderr, said);
  for (const args of [[], ["--tag", "v1", "--out="], ["--tag", "v1", "stray"]]) {
    assertEquals((await assets(...args)).code, 2, args.join(" "));
  }
  assertStringIncludes((await assets("--help")).stdout, "deno task assets --tag TAG");
});

const RUBY: Needed = { name: "ruby", program: whereIs("ruby"), wanted: "ruby" };

testClient(RUBY, "the formula is Ruby, and takes the executable of each system", async (ruby) => {
  await using scratch = await makeScratch();
  const folder = await makeRelease(scratch);
  const systems = [["macos", "arm"], ["macos", "intel"], ["linux", "arm"], ["linux", "intel"]];
  const took = [];
  for (const [system = "", cpu = ""] of systems) {
    const words = [ruby, "-e", HOMEBREW, system, cpu, `${folder}/doorward.rb`];
    const { code, stdout, stderr } = await runProgram(words, scratch);
    assertEquals([code, stderr], [0, ""]);
    took.push(stdout.trim());
  }
  assertEquals(
    took,
    [
      "aarch64-apple-darwin",
      "x86_64-apple-darwin",
      "aarch64-unknown-linux-gnu",
      "x86_64-unknown-linux-gnu",
    ].map((target) => `doorward-${version}-${target} as doorward, MIT ${version}`),
  );
});

/** As much of Homebrew as the formula uses: it installs what was downloaded, by its name. */
const HOMEBREW = String.raw`
SYSTEM, CPU, FILE = ARGV
class Folder
  def install(files) = files.each { |from, to| puts "#{from} as #{to}, #{Doorward.facts.join(" ")}" }
  def to_s = "bin"
end
class Formula
  class << self
    attr_reader :url_of, :facts
    def desc(text) = text
    def homepage(url) = url
    def version(text) = @facts = [@license, text].compact
    def license(text) = @facts = [text, *@facts]
    def on_macos = SYSTEM == "macos" && yield
    def on_linux = SYSTEM == "linux" && yield
    def on_arm = CPU == "arm" && yield
    def on_intel = CPU == "intel" && yield
    def url(text) = @url_of = text
    def sha256(text) = text.length == 64 || abort("no checksum")
    def test = nil
  end
  def bin = Folder.new
end
load FILE
Dir.chdir(File.dirname(FILE)) do
  name = File.basename(Doorward.url_of)
  Dir.define_singleton_method(:[]) { |pattern| File.fnmatch(pattern, name) ? [name] : [] }
  Doorward.new.install
end
`;

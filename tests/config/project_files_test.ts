import { assertEquals } from "@std/assert";
import { readProjectFiles } from "../../src/config/project_files.ts";

/** A folder with these files in it, and these folders: what ends in a slash. */
async function inFolder<T>(paths: readonly string[], use: (root: string) => Promise<T>) {
  const root = await Deno.makeTempDir();
  try {
    for (const path of paths) {
      const folder = path.slice(0, path.lastIndexOf("/"));
      await Deno.mkdir(`${root}/${folder}`, { recursive: true });
      if (!path.endsWith("/")) await Deno.writeTextFile(`${root}/${path}`, `# ${path}`);
    }
    return await use(root);
  } finally {
    await Deno.remove(root, { recursive: true });
  }
}

const FILE = ".doorward/config.toml";

/** What there is, the folder of the call, and the files that are found, lowest first. */
const FOUND: readonly (readonly [readonly string[], string, readonly string[]])[] = [
  [["repo/.git/", "repo/src/"], "repo/src", []],
  [["repo/.git/", `repo/${FILE}`], "repo", [`repo/${FILE}`]],
  [
    ["repo/.git/", `repo/${FILE}`, "repo/a/", `repo/a/b/${FILE}`],
    "repo/a/b",
    [`repo/${FILE}`, `repo/a/b/${FILE}`],
  ],
  // Nothing below the folder counts, and nothing above the root.
  [["repo/.git/", FILE, `repo/a/${FILE}`], "repo", []],
  // A worktree has a file there.
  [["repo/.git", `repo/${FILE}`, "repo/a/"], "repo/a", [`repo/${FILE}`]],
  // The nearest repository.
  [["repo/.git/", `repo/${FILE}`, "repo/in/.git/", "repo/in/a/"], "repo/in/a", []],
  // Outside of one only the folder counts.
  [[`a/${FILE}`, `a/b/${FILE}`], "a/b", [`a/b/${FILE}`]],
  [[`a/${FILE}`, "a/b/"], "a/b", []],
];

for (const [paths, folder, expected] of FOUND) {
  Deno.test(`readProjectFiles() from ${folder} of ${paths} finds ${expected}`, async () => {
    await inFolder(paths, async (root) => {
      const under = (path: string) => path.slice(root.length + 1);
      const trusted = await readProjectFiles(`${root}/${folder}`, Deno.build.os, true);
      const read = trusted.trusted
        ? trusted.files.map((file) => [under(file.file), file.kind === "text" && file.text])
        : [];
      assertEquals(read, expected.map((path) => [path, `# ${path}`]));
      const untrusted = await readProjectFiles(`${root}/${folder}`, Deno.build.os, false);
      assertEquals(untrusted, { trusted: false, paths: expected.map((path) => `${root}/${path}`) });
    });
  });
}

Deno.test("readProjectFiles() opens nothing that is not trusted", async () => {
  // Whoever opens a folder to read it gets a fault.
  await inFolder([`${FILE}/`], async (root) => {
    assertEquals(await readProjectFiles(root, Deno.build.os, false), {
      trusted: false,
      paths: [`${root}/${FILE}`],
    });
  });
});

Deno.test("readProjectFiles() tells of a trusted file that it cannot read", async () => {
  await inFolder([`${FILE}/`], async (root) => {
    const read = await readProjectFiles(root, Deno.build.os, true);
    assertEquals(read.trusted && read.files.map((file) => file.kind === "bad" && file.message), [
      "cannot read this file: it is a folder; name the file in it",
    ]);
  });
});

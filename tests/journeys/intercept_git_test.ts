// git over HTTPS that is looked into: what may be read, and where may be pushed to.
import { assertEquals, assertStringIncludes } from "@std/assert";
import { testClient } from "../support/client_world.ts";
import { CLIENTS } from "../support/clients.ts";
import { makeRepository, servingRepositories } from "../support/git_server.ts";
import {
  BY_NAME,
  type InterceptedWorld,
  makeInterceptedWorld,
  SERVER,
} from "../support/intercepted_world.ts";
import { type Ended, runProgram } from "../support/programs.ts";

const GIT = CLIENTS.find(({ name }) => name === "git")!;

/** More than git sends with a length: what is larger goes in chunks (`http.postBuffer`). */
const BIG_BYTES = 3_000_000;

/** What a person sees of a refused push. */
const REFUSED =
  'remote: CODEX_NETWORK_POLICY_DECISION {"decision":"deny","reason":"mitm_hook_denied"';
const SUMMARY = `doorward: blocked ${SERVER}:443 (no request rule allows it) `;

for (const version of ["HTTP/1.1", "HTTP/2"]) {
  testClient(GIT, `"read" lets git clone and fetch over ${version}, and not push`, async () => {
    await using world = await makeGitWorld(version, `"read"`);
    const cloned = await world.git(["clone", `${BY_NAME}/my-org/repo.git`, "clone"], {
      GIT_TRACE_CURL: "1",
    });
    assertEquals(cloned.code, 0, cloned.stderr);
    assertStringIncludes(cloned.stderr, `<= Recv header: ${version} 200`);
    const file = `${world.scratch.folder}/clone/hello.txt`;
    assertEquals(await Deno.readTextFile(file), "hello from the origin\n");

    await world.commit("clone", "mine.txt", "mine\n");
    const before = world.server.requests.length;
    const pushed = await world.git(["-C", "clone", "push"]);
    assertEquals(pushed.code, 128);
    assertStringIncludes(pushed.stderr, REFUSED);
    assertStringIncludes(
      pushed.stderr,
      `remote: Doorward blocked this request: ${SERVER}: no request rule for this host allows ` +
        "this request; GET /my-org/repo.git/info/refs: ",
    );
    assertStringIncludes(pushed.stderr, "The requested URL returned error: 403\n");
    assertStringIncludes(pushed.stderr, SUMMARY);
    assertEquals(world.server.requests.slice(before), []);

    // What others have pushed meanwhile is fetched all the same.
    await world.commit("other", "theirs.txt", "theirs\n", "my-org/repo.git");
    const fetched = await world.git(["-C", "clone", "fetch"]);
    assertEquals(fetched.code, 0, fetched.stderr);
    const [there, here] = [
      await world.head("repositories/my-org/repo.git"),
      await world.head("clone", "origin/main"),
    ];
    assertEquals(here, there);
  });

  testClient(GIT, `a rule for one owner lets git push there over ${version}`, async () => {
    await using world = await makeGitWorld(version, `["read", "git-push:my-org"]`);
    for (const owner of ["my-org", "other-org"]) {
      const { code, stderr } = await world.git(["clone", `${BY_NAME}/${owner}/repo.git`, owner]);
      assertEquals(code, 0, stderr);
      await world.commit(owner, "mine.txt", "mine\n");
    }
    await world.commit("my-org", "bigger", randomBytes(BIG_BYTES));

    const pushed = await world.git(["-C", "my-org", "push"]);
    assertEquals(pushed.code, 0, pushed.stderr);
    assertEquals(await world.head("repositories/my-org/repo.git"), await world.head("my-org"));

    const before = [
      await world.head("repositories/other-org/repo.git"),
      world.server.requests.length,
    ];
    const refused = await world.git(["-C", "other-org", "push"]);
    assertEquals(refused.code, 128);
    assertStringIncludes(refused.stderr, REFUSED);
    assertStringIncludes(refused.stderr, SUMMARY);
    const after = [
      await world.head("repositories/other-org/repo.git"),
      world.server.requests.length,
    ];
    assertEquals(after, before);
  });
}

interface GitWorld extends InterceptedWorld {
  /** Runs git behind `doorward run`, in the folder of the test. */
  git(words: readonly string[], env?: Readonly<Record<string, string>>): Promise<Ended>;
  /** Makes a commit of one file without any network; `remote` clones there first and pushes at the end. */
  commit(
    clone: string,
    file: string,
    content: string | Uint8Array,
    remote?: string,
  ): Promise<void>;
  /** The commit that a branch of a repository is at. */
  head(repository: string, branch?: string): Promise<string>;
}

/** A world with two repositories, and a git that speaks this version of HTTP. */
async function makeGitWorld(version: string, rule: string): Promise<GitWorld> {
  const world = await makeInterceptedWorld({
    rule,
    async origin(scratch) {
      await makeRepository(scratch, "my-org/repo.git");
      await makeRepository(scratch, "other-org/repo.git");
      return servingRepositories(scratch);
    },
  });
  const { scratch } = world;
  const own = {
    GIT_CONFIG_NOSYSTEM: "1",
    GIT_TERMINAL_PROMPT: "0",
    GIT_AUTHOR_NAME: "Nobody",
    GIT_AUTHOR_EMAIL: "nobody@test.invalid",
    GIT_COMMITTER_NAME: "Nobody",
    GIT_COMMITTER_EMAIL: "nobody@test.invalid",
  };
  const locally = async (words: readonly string[]): Promise<string> => {
    const ended = await runProgram(["git", ...words], {
      env: { ...scratch.env, ...own },
      cwd: scratch.folder,
    });
    if (ended.code !== 0) throw new Error(`Cannot run git ${words.join(" ")}: ${ended.stderr}`);
    return ended.stdout.trim();
  };
  return {
    ...world,
    git: (words, env = {}) =>
      world.run(["git", "-c", `http.version=${version}`, ...words], {
        env: { ...own, ...env },
      }),
    async commit(clone, file, content, remote): Promise<void> {
      if (remote !== undefined) {
        await locally(["clone", "--quiet", `${scratch.folder}/repositories/${remote}`, clone]);
      }
      await scratch.write(`${clone}/${file}`, content);
      await locally(["-C", clone, "add", file]);
      await locally(["-C", clone, "commit", "--quiet", "--message", file]);
      if (remote !== undefined) await locally(["-C", clone, "push", "--quiet"]);
    },
    head: (repository, branch = "main") => locally(["-C", repository, "rev-parse", branch]),
  };
}

function randomBytes(length: number): Uint8Array {
  const bytes = new Uint8Array(length);
  for (let at = 0; at < length; at += 65_536) {
    crypto.getRandomValues(bytes.subarray(at, Math.min(at + 65_536, length)));
  }
  return bytes;
}

import { runProgram } from "./programs.ts";
import type { Scratch } from "./scratch.ts";
import type { Handler } from "./web_origin.ts";

/** What `git fast-import` makes a commit with one file of. */
const HISTORY = `commit refs/heads/main
committer Nobody <nobody@test.invalid> 1700000000 +0000
data 5
first
M 644 inline hello.txt
data 22
hello from the origin

`;

/** Where repositories are, and what git is started with. */
export type Repositories = Pick<Scratch, "folder" | "env">;

/** Makes a repository and serves it at `/repo.git`, as `git http-backend` answers (smart HTTP). */
export async function gitServer(scratch: Scratch): Promise<Handler> {
  await makeRepository(scratch);
  return servingRepositories(scratch);
}

/** Serves what {@linkcode makeRepository} made. Everybody may push. */
export function servingRepositories(scratch: Repositories): Handler {
  return (request) => backend(request, `${scratch.folder}/repositories`, scratch);
}

/** Makes a bare repository with one commit and one file, `hello.txt`. Resolves to its path. */
export async function makeRepository(scratch: Scratch, name = "repo.git"): Promise<string> {
  const repository = `${scratch.folder}/repositories/${name}`;
  const git = async (args: readonly string[], input?: string) => {
    const { code, stderr } = await runProgram(["git", ...args], {
      ...scratch,
      ...(input === undefined ? {} : { input: new TextEncoder().encode(input) }),
    });
    if (code !== 0) throw new Error(`Cannot make a repository: ${stderr}`);
  };
  await git(["init", "--quiet", "--bare", "--initial-branch=main", repository]);
  await git(["-C", repository, "fast-import", "--quiet"], HISTORY);
  await git(["-C", repository, "config", "http.receivepack", "true"]);
  return repository;
}

/** One call of `git http-backend`, by the rules of CGI (RFC 3875). */
async function backend(request: Request, root: string, { env }: Repositories): Promise<Response> {
  const { pathname, search } = new URL(request.url);
  const input = new Uint8Array(await request.arrayBuffer());
  const { bytes } = await runProgram(["git", "http-backend"], {
    env: {
      ...env,
      GIT_PROJECT_ROOT: root,
      GIT_HTTP_EXPORT_ALL: "1",
      REQUEST_METHOD: request.method,
      PATH_INFO: pathname,
      QUERY_STRING: search.slice(1),
      CONTENT_TYPE: request.headers.get("content-type") ?? "",
      CONTENT_LENGTH: String(input.length),
      HTTP_CONTENT_ENCODING: request.headers.get("content-encoding") ?? "",
      GIT_PROTOCOL: request.headers.get("git-protocol") ?? "",
    },
    input,
  });
  return cgiResponse(bytes);
}

function cgiResponse(bytes: Uint8Array): Response {
  const text = new TextDecoder("latin1").decode(bytes);
  const end = text.indexOf("\r\n\r\n");
  const fields = text.slice(0, end).split("\r\n").map((line): [string, string] => {
    const colon = line.indexOf(":");
    return [line.slice(0, colon), line.slice(colon + 1).trim()];
  });
  const headers = new Headers(fields);
  const status = Number.parseInt(headers.get("status") ?? "200");
  return new Response(bytes.slice(end + 4), { status, headers });
}

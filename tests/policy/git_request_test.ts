import { assert, assertEquals } from "@std/assert";
import { gitRequest, mayBeginPush } from "../../src/policy/git_request.ts";
import type { HttpRequest } from "../../src/policy/request.ts";
import { readRequestPath } from "../../src/policy/request_path.ts";
import { httpTo } from "../support/policy.ts";

function git(method: string, path: string, parts: Partial<HttpRequest> = {}): string | null {
  const read = readRequestPath(path);
  assert(read.kind === "path", path);
  const found = gitRequest(httpTo("git.test", { method, path, ...parts }), read);
  return found && `${found.does} ${found.repository}`;
}

/** A request, and what git wants with it. */
const TABLE: readonly (readonly [string, string, string | null])[] = [
  ["GET", "/o/r.git/info/refs?service=git-upload-pack", "fetch /o/r.git"],
  ["GET", "/o/r/info/refs?service=git-upload-pack", "fetch /o/r"],
  ["GET", "/o/r/info/refs?service=git-upload-pack&service=git-upload-pack", "fetch /o/r"],
  ["GET", "/o/r/info/refs?service=git%2Dupload-pack", "fetch /o/r"],
  ["POST", "/o/r.git/git-upload-pack", "fetch /o/r.git"],
  ["GET", "/o/r.git/info/refs?service=git-receive-pack", "push /o/r.git"],
  ["POST", "/o/r.git/git-receive-pack", "push /o/r.git"],
  ["POST", "/r/git-receive-pack", "push /r"],
  ["GET", "/o/r/info/refs", null],
  ["GET", "/o/r/info/refs?service=git-upload-archive", null],
  ["GET", "/o/r/info/refs?service=git-upload-pack&service=git-receive-pack", null],
  ["GET", "/o/r/info/refs?service=git-upload-pack&SERVICE=git-receive-pack", null],
  ["GET", "/o/r/info/refs?service=git-upload-pack;service=git-receive-pack", null],
  ["GET", "/o/r/info/refs/?service=git-upload-pack", null],
  ["GET", "/o/r/xinfo/refs?service=git-upload-pack", null],
  ["GET", "/info/refs?service=git-upload-pack", null],
  ["HEAD", "/o/r/info/refs?service=git-upload-pack", null],
  ["POST", "/o/r/info/refs?service=git-upload-pack", null],
  ["GET", "/o/r/git-upload-pack", null],
  ["PUT", "/o/r/git-upload-pack", null],
  ["POST", "/o/r/git-upload-pack/", null],
  ["POST", "/o/r/git-upload-pack?_method=DELETE", null],
  ["POST", "/o/r/git-upload-packs", null],
  ["POST", "/o/r/x-git-upload-pack", null],
  ["POST", "/git-upload-pack", null],
  ["POST", "/o/r;x/git-upload-pack", null],
  ["POST", "/o/git-receive-pack%3f/git-upload-pack", null],
  ["POST", "/o/git-receive-pack%23/git-upload-pack", null],
  ["POST", "/o/git-receive-pack%3b/git-upload-pack", null],
  ["post", "/o/r/git-upload-pack", null],
];

for (const [method, path, expected] of TABLE) {
  Deno.test(`gitRequest() tells ${method} ${path}`, () =>
    assertEquals(git(method, path), expected));
}

Deno.test("gitRequest() knows no git that brings a body, leaves HTTP or asks for another method", () => {
  const discovery = "/o/r/info/refs?service=git-upload-pack";
  assertEquals(git("GET", discovery, { hasBody: true }), null);
  assertEquals(git("GET", discovery, { upgrades: true }), null);
  assertEquals(git("POST", "/o/r/git-upload-pack", { methodOverride: "x-http-method" }), null);
  assertEquals(git("POST", "/o/r/git-upload-pack", { hasBody: true }), "fetch /o/r");
});

Deno.test("mayBeginPush() rather sees a push too many", () => {
  const may = (path: string): boolean => mayBeginPush(path, readRequestPath(path));
  const pushes = [
    "/o/r/info/refs?service=git-receive-pack",
    "/o/r/info/refs/?service=git-receive-pack",
    "/o/r/INFO/Refs?service=GIT-receive-pack",
    "/o/r/info/refs?x=git-upload-pack&service=git-receive-pack",
    "/o/r/info/refs?service=git%2Dreceive%2dpack",
    "/o/r/info/refs?service=git%252Dreceive-pack",
    "/o/r/info%2frefs?service=git-receive-pack",
    "/o/r/info/./refs?service=git-receive-pack",
    "/o/r//info/refs?service=git-receive-pack",
    "/o/r/info/refs;x?service=git-receive-pack",
    `/o/r/info/refs?service=%${"25".repeat(9)}41`,
    "/o/r/info/refs?service=git-receive-pack&x=%ff",
    "/o/r/info/refs?service=git%2Dreceive-pack&x=%ff",
  ];
  const none = [
    "/",
    "/o/r/info/refs",
    "/o/r/info/refs?service=git-upload-pack",
    "/search?q=git-receive-pack",
    "/o/r/blob/git-receive-pack.md",
  ];
  assertEquals(pushes.filter((path) => !may(path)), []);
  assertEquals(none.filter(may), []);
});

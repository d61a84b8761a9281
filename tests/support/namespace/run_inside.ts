import { makeCertificate } from "../certificate.ts";
import { doorwardWords } from "../doorward_cli.ts";
import { whereIs } from "../programs.ts";
import { makeScratch, type Scratch } from "../scratch.ts";
import { inPrivateInternet, NO_NAMESPACE } from "./private_internet.ts";
import type { Errand, Returned } from "./servers_inside.ts";

/** Where names lead. */
const ZONE: Errand["zone"] = {
  "registry.npmjs.org": ["93.184.216.34"],
  "other.test": ["93.184.216.36"],
  "project.github.io": ["93.184.216.37"],
  "inside.test": ["10.0.0.1"],
  "d1f8a92b7c3e.test": ["93.184.216.39"],
};

/** Registers a test of programs that run one after the other in an internet of our own. */
export function testInside(
  name: string,
  program: "npm" | "curl",
  test: (scratch: Scratch) => Promise<void>,
): void {
  const missing = whereIs(program) === null ? ` (left out: there is no ${program})` : "";
  Deno.test({
    name: name + NO_NAMESPACE.why + missing,
    ignore: NO_NAMESPACE.ignore || missing !== "",
    async fn(): Promise<void> {
      await using scratch = await makeScratch();
      await test(scratch);
    },
  });
}

/** Runs command lines, each of which may begin with `doorward`. */
export async function runInside(
  scratch: Scratch,
  commands: readonly (readonly string[])[],
): Promise<Returned> {
  const certificate = await makeCertificate(["8.8.4.4"], scratch, Object.keys(ZONE));
  return await inPrivateInternet<Returned>("servers_inside.ts", {
    zone: ZONE,
    cert: certificate.cert,
    key: certificate.key,
    cwd: scratch.folder,
    env: {
      ...scratch.env,
      CURL_CA_BUNDLE: certificate.file,
      npm_config_cafile: certificate.file,
      npm_config_audit: "false",
      npm_config_fetch_retries: "0",
      npm_config_fund: "false",
      npm_config_update_notifier: "false",
      npm_config_globalconfig: "/dev/null",
    },
    commands: commands.map(([first = "", ...rest]) =>
      first === "doorward" ? doorwardWords("doorward", rest) : [first, ...rest]
    ),
  });
}

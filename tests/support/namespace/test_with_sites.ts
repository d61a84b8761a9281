import { needing, testClient } from "../client_world.ts";
import { whereIs } from "../programs.ts";
import { makeNamedInternet, type NamedInternet } from "./named_internet.ts";
import { NO_NAMESPACE } from "./private_internet.ts";

/**
 * Registers a test that has a {@linkcode NamedInternet}, and needs these programs. Where this machine cannot make
 * one, or has not got a program, the test is left out.
 */
export function testWithSites(
  name: string,
  programs: readonly string[],
  test: (internet: NamedInternet) => Promise<void>,
): void {
  if (NO_NAMESPACE.ignore) {
    Deno.test({ name: name + NO_NAMESPACE.why, ignore: true, fn() {} });
    return;
  }
  const [first, ...others] = ["git", "openssl", ...programs].map((program) => ({
    name: program,
    program: whereIs(program),
    wanted: program,
  }));
  testClient(needing(first!, ...others), name, async () => {
    await using internet = await makeNamedInternet();
    await test(internet);
  });
}

import { needing, testClient } from "../client_world.ts";
import { whereIs } from "../programs.ts";
import { canIsolate, NOT_ISOLATED } from "./can_isolate.ts";
import { makeNamedInternet, type NamedInternet } from "./named_internet.ts";

const isolates = canIsolate();

/**
 * Registers a test that has a {@linkcode NamedInternet}, and needs these programs. Where this machine cannot make
 * one, or has not got a program, the test is left out.
 */
export function testInside(
  name: string,
  programs: readonly string[],
  test: (internet: NamedInternet) => Promise<void>,
): void {
  if (!isolates) {
    Deno.test({ name: name + NOT_ISOLATED, ignore: true, fn() {} });
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

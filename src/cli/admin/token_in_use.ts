import { ADMIN_TOKEN, readAdminToken } from "../../config/admin_token.ts";
import { configHome } from "../../config/config_home.ts";
import type { Surroundings } from "../surroundings.ts";
import { unreachable } from "./admin_error.ts";

/** What fits in a header field. */
const TOKEN_REGEXP = /^[\x21-\x7e]{1,512}$/;

/**
 * The admin token: of the environment, else of the file that `doorward start` made; null without either.
 *
 * @throws {AdminError} for what is no token, and for a file that is not fit for one
 */
export async function tokenInUse(
  { env, os }: Pick<Surroundings, "env" | "os">,
): Promise<string | null> {
  const written = (env[ADMIN_TOKEN] ?? "").trim();
  if (written !== "") {
    if (TOKEN_REGEXP.test(written)) return written;
    throw unreachable([`Cannot use ${ADMIN_TOKEN}: it is not a token`]);
  }
  const home = configHome(env, os);
  if (home === null) return null;
  return await readAdminToken(home.home, os).catch((error) => {
    throw unreachable([error instanceof Error ? error.message : String(error)], error);
  });
}

import { adminTokenFile } from "../../config/admin_token.ts";
import { joinPath } from "../../config/file_path.ts";
import { cacheKeyFile } from "../../config/requirements/cache_key.ts";
import { shellQuote } from "../../library/env/shell_quote.ts";
import type { Check } from "./check.ts";
import { fault, type Finding, note, ok, warning } from "./finding.ts";
import type { Look } from "./instruments.ts";
import type { Situation } from "./situation.ts";

/** Who else could read the secrets, or write the policy. Secrets of request rules are the configuration's. */
export const filesCheck: Check = {
  name: "files",
  run: async (situation) => {
    const { home, read, here, instruments } = situation;
    if (home === null) return [warning("home", NO_HOME, SET_HOME)];
    const root = await instruments.look(home.home);
    if (root.kind === "absent") {
      return [note("home", `${home.home} is not there yet: doorward init and start make it`)];
    }
    if (root.kind !== "folder") return [unusable(home.home, root, situation)];
    const written = read.kind === "config"
      ? read.config.layers.filter(({ state }) => state === "read").map(({ file }) => file)
      : [home.file];
    const paths: readonly Guarded[] = [
      { path: home.home, isSecret: false },
      { path: joinPath(here.os, home.home, "proxy"), isSecret: false },
      ...written.map((path) => ({ path, isSecret: false })),
      { path: adminTokenFile(home.home, here.os), isSecret: true },
      { path: cacheKeyFile(home.home, here.os), isSecret: true },
    ];
    const looks = await Promise.all(paths.map(({ path }) => instruments.look(path)));
    const findings = paths.flatMap((guarded, index) =>
      ofLook(guarded, looks[index]!, instruments.user(), situation) ?? []
    );
    if (here.os === "windows") return [...findings, note("permissions", WINDOWS)];
    return findings.length > 0
      ? findings
      : [ok("permissions", `others cannot change ${home.home}, nor read its secrets`)];
  },
};

const NO_HOME = "there is no home folder: nothing can be kept, and start has no admin token";
/** What helps where there is no home folder. */
export const SET_HOME = "set DOORWARD_HOME to a folder of this user";
const WINDOWS = "Windows has no permission bits: who may read the files was not looked at";

/** A path that matters, and what of it may not be open to others. */
interface Guarded {
  readonly path: string;
  /** Whether it must not be read by others, either. */
  readonly isSecret: boolean;
}

/** The permission bits of everybody but the owner, and those of them that let a file be written. */
const OTHERS = 0o077;
const OTHERS_WRITE = 0o022;
/** Who may change everything, whosever it is. */
const ROOT = 0;

function unusable(path: string, look: Look, { shell }: Situation): Finding {
  const why = look.kind === "hidden" ? look.why : "it is not a folder";
  return fault(
    "home",
    `${path} cannot be used: ${why}`,
    `ls -ld ${shellQuote(path, shell)}`,
    SET_HOME,
  );
}

function ofLook(
  { path, isSecret }: Guarded,
  look: Look,
  user: number | null,
  { shell }: Situation,
): Finding | null {
  const quoted = shellQuote(path, shell);
  if (look.kind === "absent") return null;
  if (look.kind === "hidden") {
    return fault("permissions", `${path} cannot be looked at: ${look.why}`, `ls -ld ${quoted}`);
  }
  const { mode, uid } = look;
  const isOthers = user !== null && uid !== null && uid !== user && uid !== ROOT;
  if (isOthers) {
    const found = `${path} belongs to another user, who may change it`;
    return warning("permissions", found, `ls -ld ${quoted}`);
  }
  if (mode === null) return null;
  if (isSecret && (mode & OTHERS) !== 0) {
    return fault("permissions", `others may read or write ${path}`, `chmod 600 ${quoted}`);
  }
  if ((mode & OTHERS_WRITE) === 0) return null;
  return fault(
    "permissions",
    `others may write ${path}, and with it the policy`,
    `chmod go-w ${quoted}`,
  );
}

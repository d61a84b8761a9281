import type { Config } from "../../config/config.ts";
import { ADMIN_TOKEN, adminTokenFile } from "../../config/admin_token.ts";
import { quote } from "../../config/toml/printable.ts";
import { VERSION } from "../../library/version.ts";
import { clientAddress } from "../../net/address/client_address.ts";
import { formatSocketAddress } from "../../net/address/endpoint.ts";
import { AdminError } from "../admin/admin_error.ts";
import { isJson, type Json, numberOf, textOf, textsOf } from "../admin/reply_fields.ts";
import { tokenInUse } from "../admin/token_in_use.ts";
import { quoteWords } from "../shell/command_line.ts";
import { unsetting } from "../shell/unset.ts";
import type { Check } from "./check.ts";
import { fault, type Finding, note, ok, warning } from "./finding.ts";
import type { Situation } from "./situation.ts";

/** The proxy that runs, if one does: whether it obeys what is written now, and whether we could command it. */
export const adminCheck: Check = {
  name: "running proxy",
  run: async (situation) => {
    const place = await situation.places.admin;
    const isRunning = place.kind === "taken" && place.by.kind === "admin";
    const url = `http://${formatSocketAddress(clientAddress(situation.config.adminAddress))}`;
    return [
      ...(isRunning && place.by.kind === "admin"
        ? ofHealth(place.by.health, situation)
        : [note("admin", `no Doorward takes commands on ${url}`)]),
      await ofToken(situation),
    ];
  },
};

function ofHealth(health: Json, { read }: Situation): readonly Finding[] {
  const version = textOf(health, "version");
  const policy = numberOf(health, "generation") ?? "of unknown number";
  const mode = quote(textOf(health, "mode"));
  const { fault: refused } = health;
  return [
    ok("admin", `Doorward ${quote(version)} answers: mode ${mode}, policy ${policy}`),
    ...(version === VERSION
      ? []
      : [warning("version", `it is ${quote(version)}, and this is "${VERSION}"`, "start it anew")]),
    ...(health["enabled"] === false ? [warning("enabled", DISABLED, ENABLE)] : []),
    ...(isJson(refused) ? [warning("reload", refusedWords(refused), RELOAD)] : []),
    ...(read.kind === "config" ? ofAgreement(health, read.config) : []),
  ];
}

const DISABLED = "it is switched off, and answers every request with 503";
const ENABLE = "enabled = true under [network]";
const RELOAD = "mend the file, then: doorward reload";

function refusedWords(refused: Json): string {
  return `it did not take what is written now: ${quote(textOf(refused, "message"))}`;
}

/** As many as there are files; flags come behind them. */
const SOURCES_MAX = 5;

/** What it obeys, beside what it would obey if it were started here and now. */
function ofAgreement(health: Json, { network, sources }: Config): readonly Finding[] {
  const mode = textOf(health, "mode");
  const theirs = textsOf(health, "sources");
  const isSame = theirs.length === sources.length &&
    theirs.every((source, index) => source === sources[index]);
  if (!isSame) {
    const read = theirs.slice(0, SOURCES_MAX).map(quote).join(", ");
    return [note("agreement", `it was started with other files or flags: ${read}`)];
  }
  if (mode === network.mode) return [ok("agreement", "it obeys the files that are read here")];
  const found = `its mode is ${quote(mode)}, and ${quote(network.mode)} is written`;
  return [warning("agreement", found, `doorward mode ${network.mode}`)];
}

/** What approves requests: it has to be ours alone. Nobody is shown it here. */
async function ofToken({ here, instruments, home, shell }: Situation): Promise<Finding> {
  const isWritten = (here.env[ADMIN_TOKEN] ?? "").trim() !== "";
  try {
    const token = await tokenInUse(here);
    if (isWritten) return ok("token", `${ADMIN_TOKEN} holds it`);
    if (token !== null) return ok("token", "it can be read, by this user alone");
    const where = home === null ? "there is no home folder for it" : "start makes it";
    return note("token", `there is no admin token: ${where}`);
  } catch (error) {
    if (!(error instanceof AdminError)) throw error;
    const file = home === null ? "" : adminTokenFile(home.home, here.os);
    const found = error.lines.join("; ");
    if (isWritten) return fault("token", found, unsetting([ADMIN_TOKEN], shell));
    // Others may know what they could read: start makes a new one.
    const { kind } = await instruments.look(file);
    return fault(
      "token",
      found,
      quoteWords([...(kind === "hidden" ? ["ls", "-l"] : ["rm"]), file], shell),
    );
  }
}

import type { BlockedRecord } from "../../audit/blocked_record.ts";
import { parseIp } from "../../net/address/ip.ts";
import type { BlockReason } from "../../policy/decision.ts";
import type { PolicyFlags, RunCommand } from "../argv/command.ts";
import { flagWords, quoteWords } from "../shell/command_line.ts";
import { applyRemedy, hostAndPort, type Remedy, remedyFor } from "./remedy.ts";
import type { Shell } from "../shell/shell_quote.ts";

/** Lines printed at most: more is not read by anybody. */
const LINES_MAX = 20;
/** Different requests remembered at most: a child may ask for any number of hosts. */
const ENTRIES_MAX = 1000;
/** A command line longer than this is cut after its first word: the line has to be read. */
const COMMAND_CHARACTERS_MAX = 60;

/** Why a request was blocked, in a few words. */
const BRIEFLY: Readonly<Record<BlockReason, string>> = {
  denied: "a deny rule names it",
  not_allowed: "not in the allowlist",
  not_allowed_local: "a local, private or special address",
  own_listener: "Doorward's own address",
  method_not_allowed: "limited mode only reads",
  mitm_required: "limited mode cannot see inside a tunnel",
  proxy_disabled: "the proxy is disabled",
};

interface Entry {
  readonly first: BlockedRecord;
  times: number;
}

/** What was blocked during a run, each host, port and reason once. */
export class BlockedTally {
  readonly #entries = new Map<string, Entry>();
  #overflowed = false;

  /** Counts one blocked request. */
  note(record: BlockedRecord): void {
    const key = `${record.host} ${record.port} ${record.reason}`;
    const entry = this.#entries.get(key);
    if (entry !== undefined) entry.times += 1;
    else if (this.#entries.size < ENTRIES_MAX) this.#entries.set(key, { first: record, times: 1 });
    else this.#overflowed = true;
  }

  /** One line for each, in the order they were first seen, with what would let it through. */
  lines(command: RunCommand, shell: Shell): readonly string[] {
    const entries = [...this.#entries.values()];
    const lines = entries.slice(0, LINES_MAX).map(({ first, times }) => {
      const where = hostAndPort(first.host, first.port);
      const often = times === 1 ? "" : `, ${times} times`;
      const hint = isLookedUpByClient(first) ? "; asked for by address: use socks5h://" : "";
      const advice = adviceFor(remedyFor(first), where, command, shell);
      return `doorward: blocked ${where} (${BRIEFLY[first.reason]}${often}${hint})${advice}`;
    });
    const all = allowAll(entries.map(({ first }) => first), command.policy);
    if (all !== null) {
      const own = quoteWords(["doorward", "run", ...flagWords(all), "--"], shell);
      lines.push(`doorward: to allow every missing host: ${own} ${shorten(command.words, shell)}`);
    }
    const more = entries.length - Math.min(entries.length, LINES_MAX);
    if (more > 0) lines.push(`doorward: and ${this.#overflowed ? "over " : ""}${more} more`);
    return lines;
  }
}

/** Whether a rule about a name could not apply: with `socks5://` a client looks the name up by itself. */
function isLookedUpByClient({ host, protocol, reason }: BlockedRecord): boolean {
  return protocol === "socks5" && reason === "not_allowed" && parseIp(host) !== null;
}

/**
 * The flags that allow every host that was missing from the list; null where one line says as much. Local
 * addresses are to be allowed one by one, with open eyes.
 */
function allowAll(blocked: readonly BlockedRecord[], flags: PolicyFlags): PolicyFlags | null {
  const missing = blocked.filter(({ reason }) => reason === "not_allowed").map(remedyFor);
  const patterns = new Set(
    missing.flatMap((remedy) => (remedy.kind === "allow" ? [remedy.pattern] : [])),
  );
  if (patterns.size < 2 || patterns.size > LINES_MAX) return null;
  return { ...flags, allow: [...flags.allow, ...patterns] };
}

function adviceFor(remedy: Remedy, where: string, command: RunCommand, shell: Shell): string {
  switch (remedy.kind) {
    case "allow":
    case "full_mode": {
      const flags = flagWords(applyRemedy(command.policy, remedy));
      const own = quoteWords(["doorward", "run", ...flags, "--"], shell);
      return ` — allow it: ${own} ${shorten(command.words, shell)}`;
    }
    case "explain": {
      const words = ["doorward", "explain", ...flagWords(command.policy), where];
      return ` — see why: ${quoteWords(words, shell)}`;
    }
    case "none":
      return "";
  }
}

function shorten(words: readonly [string, ...string[]], shell: Shell): string {
  const whole = quoteWords(words, shell);
  return whole.length <= COMMAND_CHARACTERS_MAX ? whole : `${quoteWords([words[0]], shell)} …`;
}

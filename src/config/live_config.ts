import type { EventFeed } from "../audit/event_feed.ts";
import type { BadPattern } from "../policy/host_pattern.ts";
import type { PolicyDocument } from "../policy/policy.ts";
import { formatOrigin, type Rule } from "../policy/rule.ts";
import { canonicalText, parseRulePattern, type RulePattern } from "../policy/rule_pattern.ts";
import { AdminError } from "../proxy/admin_error.ts";
import type { Change } from "../proxy/change_guard.ts";
import type { LivePolicy } from "../proxy/live_policy.ts";
import type { Reloaded, ReloadFault } from "../proxy/reloaded.ts";
import type { Config } from "./config.ts";
import { addToList, type DomainList, removeAllFromList } from "./edit_list.ts";
import { ConfigError, type ConfigFault } from "./errors.ts";
import { frozenChanges } from "./live_keys.ts";
import { policyChanges } from "./policy_changes.ts";
import { permits } from "./requirements/permits.ts";
import { readPattern } from "./read_pattern.ts";
import { redactedNetwork, type ShownNetwork } from "./redacted.ts";
import { type ConfigEdit, configEditor, NEW_CONFIG } from "./write_config.ts";

/** What a {@linkcode LiveConfig} is made of. */
export interface LiveConfigParts {
  /** As it was read at the start. */
  readonly config: Config;
  /** Reads it again, from the same files and flags. Rejects with a `ConfigError`. */
  readonly load: () => Promise<Config>;
  /** What of it is put into force. */
  readonly policyOf: (config: Config) => PolicyDocument;
  readonly policy: LivePolicy;
  readonly feed: EventFeed;
  /** The file that rules are written into; null where none may be written. */
  readonly file: string | null;
  /** Unix milliseconds. */
  readonly now: () => number;
  /** Told, in one line, what a reload came to. */
  readonly tell: (line: string) => void;
}

const KEYS: Readonly<Record<Rule["list"], DomainList>> = {
  allow: "allowed_domains",
  deny: "denied_domains",
};

/**
 * The configuration while Doorward runs. It is read again as a whole, and put into force as a whole or not at all: a
 * file with a fault changes nothing but what is shown of it.
 */
export class LiveConfig {
  readonly #parts: LiveConfigParts;
  readonly #editor = configEditor();
  #config: Config;
  #loadedAt: number;
  #fault: ReloadFault | null = null;
  /** How it is read: as at the start, until another takes its place. */
  #read: LiveConfigParts["load"];
  /** One reload after the other: the last one to be asked for is the last to be put into force. */
  #last: Promise<unknown> = Promise.resolve();

  constructor(parts: LiveConfigParts) {
    this.#parts = parts;
    this.#config = parts.config;
    this.#read = parts.load;
    this.#loadedAt = parts.now() / 1000;
    parts.policy.obey((change) => this.#whyNot(change));
  }

  /** The configuration in force. */
  get config(): Config {
    return this.#config;
  }

  /** `[network]` in force, without secrets. */
  get network(): Readonly<Record<keyof ShownNetwork, unknown>> {
    return redactedNetwork(this.#config);
  }

  /** The files and flags it comes from. */
  get sources(): readonly string[] {
    return this.#config.sources;
  }

  /** Unix seconds. */
  get loadedAt(): number {
    return this.#loadedAt;
  }

  /** Set while the file cannot be used. */
  get fault(): ReloadFault | null {
    return this.#fault;
  }

  /**
   * Reads everything again.
   *
   * @param by whether somebody asked for it, and wants to hear of it in any case
   * @throws {AdminError} when it cannot be used; the one before stays in force
   */
  reload(by: "request" | "watch" = "request"): Promise<Reloaded> {
    return this.#inTurn(() => this.#reload(by, this.#read));
  }

  /**
   * Reads another configuration in the place of the one before. Where it can be used, it is the one that is read again.
   *
   * @throws {AdminError} when it cannot be used; the one before stays in force
   */
  replace(read: LiveConfigParts["load"]): Promise<Reloaded> {
    return this.#inTurn(async () => {
      const reloaded = await this.#reload("request", read);
      this.#read = read;
      return reloaded;
    });
  }

  #inTurn(reload: () => Promise<Reloaded>): Promise<Reloaded> {
    const next = this.#last.then(reload);
    this.#last = next.catch(() => {
      // Whoever asked hears of it.
    });
    return next;
  }

  /** Reads a rule as the file would be read. */
  parsePattern(text: string): Promise<RulePattern | BadPattern> {
    return readPattern(text);
  }

  /**
   * Writes a rule into the file, and reads it again.
   *
   * @throws {AdminError}
   */
  async persist(list: Rule["list"], pattern: string): Promise<void> {
    if (list === "allow") this.#check("allow_added", pattern, "Cannot write the rule");
    const { surface, profile } = this.#config.selection;
    if (surface === "profile" || surface === "sandbox_mode") {
      const where = profile === null ? "the sandbox mode" : `[permissions.${profile.name}.network]`;
      const why = `the policy is that of ${where}: write the rule there`;
      throw new AdminError("cannot_write", `Cannot write the rule: ${why}`);
    }
    const above = this.#config.originOf(`network.${KEYS[list]}`);
    if (above?.file === "-c") {
      throw new AdminError(
        "cannot_write",
        "Cannot write the rule: -c gives the whole list, whatever the file says",
      );
    }
    const { file } = this.#parts;
    const other = [above, this.#config.originOf("network.domains")].find((origin) =>
      origin !== undefined && origin.line !== null && origin.file !== file
    );
    if (other !== undefined && file !== null) {
      const why = `${formatOrigin(other)} has the list, and one in ${file} would not add to it`;
      throw new AdminError("cannot_write", `Cannot write the rule: ${why}; write it there`);
    }
    // A file that says nothing of the network asks or not as before.
    const { network: { ask }, layers } = this.#config;
    // Beside other files a new one says nothing but the rule: its lists would take the place of theirs.
    const begun = layers.some(({ state }) => state === "read") ? "" : NEW_CONFIG;
    await this.#edit((text) => addToList(text ?? begun, KEYS[list], pattern, { ask }));
    await this.reload();
  }

  /**
   * Takes a rule out of the file, and reads it again. Null when the file does not say it.
   *
   * @throws {AdminError}
   */
  async withdraw(list: Rule["list"], pattern: string): Promise<Reloaded | null> {
    if (list === "deny") this.#check("deny_removed", pattern, `Cannot withdraw "${pattern}"`);
    const written = this.#config.policy.rules.filter((rule) =>
      rule.list === list && canonicalText(rule) === pattern
    );
    if (written.length === 0) return null;
    const managed = this.#config.requirements.allow.find(({ rule }) => written.includes(rule));
    if (managed !== undefined) {
      throw new AdminError(
        "configured",
        `Cannot withdraw "${pattern}": it is required by ${
          formatOrigin(managed.rule.origin)
        }; deny it instead`,
      );
    }
    const flag = written.find(({ origin }) => origin.line === null);
    if (flag !== undefined) {
      throw new AdminError(
        "configured",
        `Cannot withdraw "${pattern}": it was given as ${flag.origin.file}, and ends with Doorward`,
      );
    }
    const named = written.find(({ origin }) => origin.preset !== undefined);
    if (named !== undefined) {
      throw new AdminError(
        "configured",
        `Cannot withdraw "${pattern}": it is part of a preset (${formatOrigin(named.origin)}); ` +
          "deny it, or take the preset out of the file",
      );
    }
    // The same pattern may stand there in more than one spelling.
    const spellings = [...new Set(written.map(({ text }) => text))];
    await this.#edit((text) => removeAllFromList(text ?? "", KEYS[list], spellings));
    return await this.reload();
  }

  /** What the requirements have against a change; null for nothing. */
  #whyNot(change: Change): string | null {
    const permission = permits(this.#config.requirements, change, this.#config.access);
    return permission.kind === "permitted" ? null : permission.why;
  }

  #check(kind: "allow_added" | "deny_removed", text: string, what: string): void {
    const pattern = parseRulePattern(text);
    if (pattern.kind === "bad") return; // It says nothing in the file either.
    const why = this.#whyNot({ kind, pattern });
    if (why !== null) throw new AdminError("required", `${what}: ${why}`);
  }

  async #edit(edit: ConfigEdit): Promise<void> {
    const { file } = this.#parts;
    if (file === null) {
      throw new AdminError(
        "cannot_write",
        "Cannot write the rule: there is no file of Doorward's own",
      );
    }
    try {
      // What could not be put into force is not written: a file with a fault, or one that is gone.
      await this.#load(this.#read);
      await this.#editor.edit(file, edit);
    } catch (error) {
      throw new AdminError("cannot_write", messageOf(error));
    }
  }

  async #reload(by: "request" | "watch", read: LiveConfigParts["load"]): Promise<Reloaded> {
    const { policy, policyOf, now } = this.#parts;
    let loaded: Loaded;
    try {
      loaded = await this.#load(read);
    } catch (error) {
      throw this.#failed(error);
    }
    const { next, waiting } = loaded;
    const document = policyOf(next);
    const changed = policyChanges(policy.configured, document);
    const wasFault = this.#fault !== null;
    this.#config = next;
    this.#fault = null;
    this.#loadedAt = now() / 1000;
    // In any case: the same rule may stand on another line by now.
    const closed = await policy.everywhere(policy.rebase(document));
    // What we wrote ourselves was told already.
    if (by === "request" || changed.length > 0 || wasFault) this.#done(changed, closed);
    if (waiting.length > 0) this.#wait(waiting);
    return { changed, closed };
  }

  /** Says what is required and waits for a restart. Everything else of it is in force. */
  #wait(waiting: readonly ConfigFault[]): void {
    const { now, tell } = this.#parts;
    const message = "Restart Doorward: what is required cannot all come into force while it runs";
    const faults = waiting.map(({ origin, message }) => ({ ...origin, message }));
    this.#fault = { at: now() / 1000, message, faults };
    tell(message);
    for (const line of new ConfigError(waiting).message.split("\n")) tell(line);
  }

  #done(changed: readonly string[], closed: number): void {
    const { policy: { current: { generation } }, feed, tell } = this.#parts;
    feed.publish({ type: "reload", generation, ok: true, changed });
    const what = changed.length === 0 ? "no change" : changed.join(", ");
    const closing = closed === 0 ? "" : `; closed ${closed} connection${closed === 1 ? "" : "s"}`;
    tell(`reloaded, generation ${generation}: ${what}${closing}`);
  }

  async #load(read: LiveConfigParts["load"]): Promise<Loaded> {
    const next = await read();
    // What holds without a file is not what its author wanted to hold. Another configuration is of other files, but
    // under the same requirements.
    const there = filesRead(next);
    const wanted = read === this.#read ? filesRead(this.#config) : this.#config.requiredBy;
    const gone = wanted.filter((file) => !there.includes(file));
    if (gone.length > 0) {
      throw new ConfigError(gone.map((file) => ({
        origin: { file, line: null, column: null },
        message: "this file is gone; put it back, or restart Doorward to run without it",
      })));
    }
    // Settled was what Doorward was started with, whatever was required of it since.
    const frozen = frozenChanges(this.#parts.config, next);
    const isRequired = ({ origin }: ConfigFault) => next.requiredBy.includes(origin.file);
    const waiting = frozen.filter(isRequired);
    if (waiting.length < frozen.length) throw new ConfigError(frozen);
    return { next, waiting };
  }

  /** Keeps the fault where people look, and says so. */
  #failed(error: unknown): AdminError {
    const { policy: { current: { generation } }, feed, now, tell } = this.#parts;
    const faults = error instanceof ConfigError
      ? error.faults.map(({ origin, message }) => ({ ...origin, message }))
      : [];
    const message = `Cannot reload: generation ${generation} stays in force`;
    const why = error instanceof ConfigError ? "" : `: ${messageOf(error)}`;
    this.#fault = { at: now() / 1000, message: message + why, faults };
    feed.publish({ type: "reload", generation, ok: false, message: message + why, faults });
    tell(message + why);
    for (const line of messageOf(error).split("\n")) tell(line);
    return new AdminError("reload_failed", message + why, { faults }, { cause: error });
  }
}

/** A configuration that was read again. */
interface Loaded {
  readonly next: Config;
  /** What is required and cannot change while Doorward runs. The rest of what is required does not wait for it. */
  readonly waiting: readonly ConfigFault[];
}

/** The files that a configuration was read from, and those that say what is required. */
function filesRead({ layers, requiredBy }: Config): readonly string[] {
  return [...layers.filter(({ state }) => state === "read").map(({ file }) => file), ...requiredBy];
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

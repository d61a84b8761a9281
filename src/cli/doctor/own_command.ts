import { setsSecretUrl } from "../../config/toml/printable_override.ts";
import type { Shell } from "../../library/env/shell_quote.ts";
import type { PolicyFlags } from "../argv/command.ts";
import { flagWords, quoteWords } from "../shell/command_line.ts";

/** How a command of ours is called so that it reads what `doctor` has read. Credentials are left out. */
export function ownCommand(words: readonly string[], policy: PolicyFlags, shell: Shell): string {
  const overrides = policy.overrides.filter((flag) => !setsSecretUrl(flag));
  const flags = flagWords({ ...policy, overrides, allow: [], deny: [], mode: null });
  return quoteWords(["doorward", ...words, ...flags], shell);
}

import type { CompletionsCommand } from "../argv/command.ts";
import { EXIT } from "../exit_code.ts";
import type { Surroundings } from "../surroundings.ts";
import { bashCompletion } from "./bash.ts";
import { configKeys } from "./config_keys.ts";
import { fishCompletion } from "./fish.ts";
import { type Grammar, grammar } from "./grammar.ts";
import { powershellCompletion } from "./powershell.ts";
import { zshCompletion } from "./zsh.ts";

const SCRIPTS: Readonly<Record<CompletionsCommand["shell"], (grammar: Grammar) => string>> = {
  bash: bashCompletion,
  zsh: zshCompletion,
  fish: fishCompletion,
  powershell: powershellCompletion,
};

/** `doorward completions`: a script by which a shell completes our command lines. */
export function completions(command: CompletionsCommand, here: Surroundings): number {
  const script = SCRIPTS[command.shell](grammar(configKeys()));
  for (const line of script.split("\n")) here.terminal.out.line(line);
  return EXIT.done;
}

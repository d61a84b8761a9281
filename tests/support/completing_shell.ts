import { doorward } from "./doorward_cli.ts";
import { startProgram } from "./programs.ts";
import type { Scratch } from "./scratch.ts";
import { onTerminal, type TerminalSession } from "./terminal_session.ts";

/** A shell that knows how to complete `doorward`, and somebody who presses Tab in it. Disposing of it ends it. */
export interface CompletingShell extends AsyncDisposable {
  /** What a line becomes with one Tab, to the cursor. */
  tab(line: string): Promise<string>;
  /** The words that are offered at the end of a line, sorted. */
  offers(line: string): Promise<readonly string[]>;
}

/** What a shell reads at its start so that it knows our completions, which are in the file `script`. */
export type Setup = (script: string) => string;

/** The package of bash, which many have and many have not. */
export const BASH_COMPLETION = "/usr/share/bash-completion/bash_completion";

/** Shells that complete, by the name that `doorward completions` has for them. */
export const COMPLETING_SHELLS = { bash: completingBash, zsh: completingZsh, fish: completingFish };

/** Where what `doorward completions` prints is kept. */
async function scriptFile(
  shell: string,
  name: string,
  scratch: Scratch,
): Promise<string> {
  const { code, stdout, stderr } = await doorward(["completions", shell], scratch);
  if (code !== 0) throw new Error(`Cannot complete in ${shell}: ${stderr}`);
  return await scratch.write(name, stdout);
}

/** Bash with readline, on a terminal. Of files that are not ours it reads those of the system alone. */
export async function completingBash(
  scratch: Scratch,
  setup: Setup = (script) => `source '${script}'`,
): Promise<CompletingShell> {
  const script = await scriptFile("bash", "completions/doorward", scratch);
  const rc = await scratch.write(
    "bashrc",
    `${setup(script)}
bind 'set bell-style none'
bind 'set enable-bracketed-paste off'
lines=0
bind -x '"\\C-x\\C-p": printf "<<%s %s>>\\n" "$((lines += 1))" "$READLINE_LINE"; READLINE_LINE='
PS1='ready '
`,
  );
  // Escape and an asterisk put every word into the line that Tab would choose from.
  return onLine(atTerminal(`exec bash --noprofile --rcfile '${rc}' -i`, scratch), "\x1b*");
}

/** Starts the completion of zsh, without a file that it keeps, and without a look at who owns what it reads. */
export const COMPINIT = "autoload -Uz compinit && compinit -D -u";

/** Zsh with its line editor, on a terminal. Of files that are not ours it reads those of the system alone. */
export async function completingZsh(
  scratch: Scratch,
  setup: Setup = (script) => `${COMPINIT}\nsource <(cat '${script}')`,
): Promise<CompletingShell> {
  const script = await scriptFile("zsh", "functions/_doorward", scratch);
  await scratch.write(
    "zsh/.zshrc",
    `${setup(script)}
bindkey -e
unset zle_bracketed_paste
setopt no_beep
lines=0
print_line() { print -r -- "<<$((lines += 1)) $BUFFER>>" >/dev/tty; BUFFER= }
zle -N print_line
bindkey '^X^P' print_line
insert_all() { _main_complete; compstate[insert]=all; compstate[list]= }
zle -C insert_all complete-word insert_all
bindkey '^Xa' insert_all
PS1='ready '
`,
  );
  return onLine(atTerminal("exec zsh -d -i", scratch), "\x18a");
}

function atTerminal(command: string, scratch: Scratch): TerminalSession {
  const env = { ...scratch.env, TERM: "xterm", ZDOTDIR: `${scratch.folder}/zsh` };
  return onTerminal(command, { env, cwd: scratch.folder });
}

/** A line editor in which Control-X Control-P prints the line, and `all` inserts everything that is offered. */
async function onLine(session: TerminalSession, all: string): Promise<CompletingShell> {
  let printed = 0;
  const press = async (line: string, key: string): Promise<string> => {
    await session.type(`${line}${key}\x18\x10`);
    printed += 1;
    const [, after] = await session.screen.until(RegExp(`<<${printed} ([^<>]*)>>`));
    return after!;
  };
  try {
    await session.screen.until(/ready /);
  } catch (error) {
    await session[Symbol.asyncDispose]();
    throw error;
  }
  return {
    tab: (line) => press(line, "\t"),
    async offers(line): Promise<readonly string[]> {
      const whole = await press(line, all);
      const words = whole.slice(line.lastIndexOf(" ") + 1).trim().split(/ +/);
      return whole === line ? [] : words.sort();
    },
    async [Symbol.asyncDispose](): Promise<void> {
      // The end of what is typed ends the shell, and its terminal with it.
      await session.type("\x04");
      await session.ended;
      await session[Symbol.asyncDispose]();
    },
  };
}

/** Fish says by itself what it would offer. Of files that are not ours it reads those of the system alone. */
export async function completingFish(
  scratch: Scratch,
  setup: Setup = (script) => `source '${script}'`,
): Promise<CompletingShell> {
  const script = await scriptFile("fish", "completions/doorward.fish", scratch);
  const answer = await scratch.write(
    "answer.fish",
    `${setup(script)}
set -l lines 0
while read -l line
    set lines (math $lines + 1)
    echo "<<$lines"
    complete -C "$line"
    echo ">>"
end
`,
  );
  const program = startProgram(["fish", answer], { env: scratch.env, cwd: scratch.folder });
  const text = new TextEncoder();
  let asked = 0;
  const offers = async (line: string): Promise<readonly string[]> => {
    await program.stdin.write(text.encode(`${line}\n`));
    asked += 1;
    const [, answer] = await program.stdout.until(RegExp(`<<${asked}\\n([^]*?)>>\\n`));
    const lines = answer!.split("\n").filter((line) => line !== "");
    // A description stands after each; a blank in the word would be escaped on the line.
    return lines.map((line) => line.split("\t")[0]!.replaceAll(" ", "\\ ")).sort();
  };
  return {
    offers,
    async tab(line): Promise<string> {
      const words = await offers(line);
      const [only = ""] = words;
      return words.length === 1 ? `${line.slice(0, line.lastIndexOf(" ") + 1)}${only} ` : line;
    },
    [Symbol.asyncDispose]: () => program[Symbol.asyncDispose](),
  };
}

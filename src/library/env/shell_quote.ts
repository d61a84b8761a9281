/** A shell whose quoting we know. `sh` stands for every POSIX shell: bash, zsh, dash, ksh. */
export const SHELLS = ["sh", "fish", "powershell"] as const;

/** One of {@linkcode SHELLS}. */
export type Shell = typeof SHELLS[number];

/** Words that none of the shells reads anything into. A leading `=` is a path look-up in zsh. */
const HARMLESS_REGEXP = /^[A-Za-z0-9_+:./-][A-Za-z0-9_@%+=:,./-]*$/;

/** Writes `word` so that the shell reads exactly `word` again. Left bare where that is safe. */
export function shellQuote(word: string, shell: Shell): string {
  // PowerShell splits bare words at commas and reads a leading @ or % as an operator.
  if (HARMLESS_REGEXP.test(word) && !(shell === "powershell" && /[,@%]/.test(word))) return word;
  switch (shell) {
    case "sh":
      return `'${word.replaceAll("'", `'\\''`)}'`;
    case "fish":
      return `'${word.replaceAll(/['\\]/g, "\\$&")}'`;
    case "powershell":
      return inQuotes(word);
  }
}

/** One line that sets variables for the rest of the session. */
export function assignments(variables: Readonly<Record<string, string>>, shell: Shell): string {
  const pairs = Object.entries(variables);
  switch (shell) {
    case "sh":
      return `export ${
        pairs.map(([name, value]) => `${name}=${shellQuote(value, shell)}`).join(" ")
      }`;
    case "fish":
      return pairs.map(([name, value]) => `set -gx ${name} ${shellQuote(value, shell)}`).join("; ");
    case "powershell":
      return pairs.map(([name, value]) => `$env:${name} = ${inQuotes(value)}`).join("; ");
  }
}

/** The line of shell that runs what `doorward env …` prints. */
export function evaluation(command: string, shell: Shell): string {
  switch (shell) {
    case "sh":
      return `eval "$(${command})"`;
    case "fish":
      return `${command} | source`;
    case "powershell":
      return `${command} | Out-String | Invoke-Expression`;
  }
}

/** The shell that a person here probably uses. */
export function likelyShell(env: Readonly<Record<string, string>>, os: string): Shell {
  const name = (env["SHELL"] ?? "").split(/[/\\]/).at(-1)!.replace(/\.exe$/i, "");
  if (name === "fish") return "fish";
  if (name === "pwsh" || name === "powershell") return "powershell";
  return name === "" && os === "windows" ? "powershell" : "sh";
}

/** PowerShell takes the typographic single quotes for quotes, too. */
function inQuotes(text: string): string {
  return `'${text.replaceAll(/['\u2018\u2019\u201a\u201b]/g, "$&$&")}'`;
}

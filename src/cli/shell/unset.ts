import type { Shell } from "../../library/env/shell_quote.ts";

/** One line that takes variables out of the rest of the session. Names of variables need no quotes. */
export function unsetting(names: readonly string[], shell: Shell): string {
  switch (shell) {
    case "sh":
      return `unset ${names.join(" ")}`;
    case "fish":
      return `set -e ${names.join(" ")}`;
    case "powershell":
      return `Remove-Item ${names.map((name) => `Env:${name}`).join(", ")}`;
  }
}

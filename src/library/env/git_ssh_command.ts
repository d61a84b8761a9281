import { shellQuote } from "./shell_quote.ts";

/** The word of a command line that calls OpenSSH: bare, or all of it in quotes. */
const SSH_WORD =
  /(?<=^|\s)(?:(?:[^\s'"]*[/\\])?ssh(?:\.exe)?|'(?:[^']*[/\\])?ssh(?:\.exe)?'|"(?:[^"]*[/\\])?ssh(?:\.exe)?")(?=\s|$)/;

/**
 * What `GIT_SSH_COMMAND` is set to, so that git over ssh goes through the proxy: the command that `inherited`
 * has git use, with our options.
 *
 * @param connect the words that call `doorward connect`, but for the target
 */
export function gitSshCommand(
  inherited: Readonly<Record<string, string>>,
  connect: readonly string[],
): string {
  const base = ownCommand(inherited);
  const options = [`ProxyCommand=${proxyCommand(connect)}`, "ControlPath=none"]
    .map((option) => ` -o ${shellQuote(option, "sh")}`).join("");
  // ssh takes the first value of an option: ours stands before all that is there. A connection that another
  // ssh keeps open (ControlPath) would go past the proxy, too.
  const ssh = SSH_WORD.exec(base);
  const at = ssh === null ? base.length : ssh.index + ssh[0].length;
  return base.slice(0, at) + options + base.slice(at);
}

/** What git uses without us. `GIT_SSH` is the path of a program, not a line of shell. */
function ownCommand({ GIT_SSH_COMMAND, GIT_SSH }: Readonly<Record<string, string>>): string {
  if (GIT_SSH_COMMAND !== undefined && GIT_SSH_COMMAND.trim() !== "") return GIT_SSH_COMMAND;
  return GIT_SSH === undefined || GIT_SSH === "" ? "ssh" : shellQuote(GIT_SSH, "sh");
}

/** ssh replaces `%h` and `%p` in it, and hands it to a shell: a `%` of ours is doubled. */
function proxyCommand(connect: readonly string[]): string {
  const words = connect.map((word) => shellQuote(word, "sh").replaceAll("%", "%%"));
  // A host that begins with a hyphen is no option of ours.
  return [...words, "--", "%h", "%p"].join(" ");
}

import { assertEquals } from "@std/assert";
import { gitSshCommand } from "../../../src/library/env/git_ssh_command.ts";

const CONNECT = ["doorward", "connect", "--proxy", "http://127.0.0.1:4000"];
const OURS = "-o 'ProxyCommand=doorward connect --proxy http://127.0.0.1:4000 -- %h %p' " +
  "-o ControlPath=none";

/** What the environment has git use, and what git uses then: `OURS` stands for our options. */
const COMMANDS: readonly (readonly [Record<string, string>, string])[] = [
  [{}, "ssh OURS"],
  [{ GIT_SSH_COMMAND: "ssh -i '/my key'" }, "ssh OURS -i '/my key'"],
  [{ GIT_SSH_COMMAND: "/usr/bin/ssh -v" }, "/usr/bin/ssh OURS -v"],
  [{ GIT_SSH_COMMAND: "C:\\ssh\\ssh.exe -v" }, "C:\\ssh\\ssh.exe OURS -v"],
  [{ GIT_SSH_COMMAND: "A=1 env B=2 ssh -v" }, "A=1 env B=2 ssh OURS -v"],
  // The first of two ProxyCommands counts: ours.
  [{ GIT_SSH_COMMAND: "ssh -o ProxyCommand=nc" }, "ssh OURS -o ProxyCommand=nc"],
  [{ GIT_SSH_COMMAND: "ssh -J hop" }, "ssh OURS -J hop"],
  // Only the word itself is ssh.
  [{ GIT_SSH_COMMAND: "sshpass -p x ssh -v" }, "sshpass -p x ssh OURS -v"],
  [{ GIT_SSH_COMMAND: "my-ssh -v" }, "my-ssh -v OURS"],
  [{ GIT_SSH_COMMAND: "'/my tools/ssh' -v" }, "'/my tools/ssh' OURS -v"],
  [{ GIT_SSH_COMMAND: '"/my tools/ssh" -v' }, '"/my tools/ssh" OURS -v'],
  [{ GIT_SSH_COMMAND: "'/my tools/sshd' -v" }, "'/my tools/sshd' -v OURS"],
  [{ GIT_SSH_COMMAND: "tool 'a b' ssh -v" }, "tool 'a b' ssh OURS -v"],
  [{ GIT_SSH_COMMAND: "  " }, "ssh OURS"],
  // A path, whatever is in it, and no line of shell.
  [{ GIT_SSH: "/my tools/ssh" }, "'/my tools/ssh' OURS"],
  [{ GIT_SSH: "/usr/bin/ssh" }, "/usr/bin/ssh OURS"],
  [{ GIT_SSH: "" }, "ssh OURS"],
  [{ GIT_SSH: "/a", GIT_SSH_COMMAND: "ssh -v" }, "ssh OURS -v"],
];

for (const [env, expected] of COMMANDS) {
  Deno.test(`gitSshCommand() of ${JSON.stringify(env)}`, () => {
    assertEquals(gitSshCommand(env, CONNECT), expected.replace("OURS", OURS));
  });
}

Deno.test("gitSshCommand() hides a path from two shells and from ssh", () => {
  const path = "/it's 100%h/doorward";
  // What the first shell makes of it.
  const option = `ProxyCommand='/it'\\''s 100%%h/doorward' connect -- %h %p`;
  assertEquals(
    gitSshCommand({}, [path, "connect"]),
    `ssh -o '${option.replaceAll("'", "'\\''")}' -o ControlPath=none`,
  );
});

import type { Check } from "./check.ts";
import { type Finding, note } from "./finding.ts";
import { findOnPath } from "./on_path.ts";
import type { Situation } from "./situation.ts";

/** How strictly commands are held, which is by their environment alone, and what this system has that holds them. */
export const confinementCheck: Check = {
  name: "confinement",
  run: async (situation) => [
    note("level", ENVIRONMENT_ONLY),
    ...await ofSystem(situation),
  ],
};

const ENVIRONMENT_ONLY =
  "by the environment alone: a command that ignores its variables goes directly, and Doorward does not see it";
const HOW = "docs/examples/only-way-out leaves Doorward as the only way out";

/** Files of a system call's settings hold a number. */
const NUMBER_BYTES_MAX = 64;

/** What keeps users from making namespaces of their own, and the value by which it does. */
const REFUSALS: readonly (readonly [file: string, value: string])[] = [
  ["/proc/sys/user/max_user_namespaces", "0"],
  ["/proc/sys/kernel/unprivileged_userns_clone", "0"],
  ["/proc/sys/kernel/apparmor_restrict_unprivileged_userns", "1"],
];

async function ofSystem(situation: Situation): Promise<readonly Finding[]> {
  const { here: { os } } = situation;
  switch (os) {
    case "linux":
      return await ofLinux(situation);
    case "darwin":
      return [note("system", await ofMac(situation))];
    default:
      return [note("system", "nothing that Doorward knows of holds a command of this user here")];
  }
}

async function ofLinux({ here, instruments }: Situation): Promise<readonly Finding[]> {
  const { programs } = await findOnPath(
    ["bwrap", "unshare", "nft", "docker", "podman"],
    here,
    instruments,
  );
  const refusing: string[] = [];
  for (const [file, value] of REFUSALS) {
    const text = await instruments.text(file, NUMBER_BYTES_MAX);
    if (text?.trim() === value) refusing.push(file);
  }
  const namespaces = refusing.length > 0
    ? note(
      "namespaces",
      `${refusing.join(", ")} keeps users from making them, root and some programs aside`,
    )
    : programs.has("bwrap")
    ? note("namespaces", `bubblewrap is at ${programs.get("bwrap")}: ${HOW}`)
    : note("namespaces", `bubblewrap (bwrap) is not on the PATH; with it ${HOW}`);
  const others = ["unshare", "nft", "docker", "podman"].filter((name) => programs.has(name));
  return [
    namespaces,
    ...(others.length === 0 ? [] : [
      note("system", `it has ${others.join(", ")}, which can hold commands, too; none was tried`),
    ]),
  ];
}

async function ofMac({ instruments }: Situation): Promise<string> {
  const { kind } = await instruments.look("/usr/bin/sandbox-exec");
  return kind === "file"
    ? "it has sandbox-exec, which can hold a command; Doorward does not use it"
    : "it has no sandbox-exec";
}

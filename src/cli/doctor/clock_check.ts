import type { Check } from "./check.ts";
import { fault, ok, warning } from "./finding.ts";
import type { Situation } from "./situation.ts";

/** Whether the time of this machine can be believed: certificates, grants and records go by it. */
export const clockCheck: Check = {
  name: "clock",
  run: async (situation) => {
    const { here: { clock, os }, began } = situation;
    const now = clock.now();
    const shown = new Date(now).toISOString();
    const mend = `set it: ${SETTING[os] ?? "see the manual of this system"}`;
    if (now < RELEASED_AT) {
      return [fault("time", `it says ${shown}, which is before this program was written`, mend)];
    }
    const drift = (now - began.wall) - (clock.monotonic() - began.monotonic);
    const ahead = await newestFile(situation);
    return [
      Math.abs(drift) > DRIFT_MS_MAX
        ? warning("time", `it was set by ${Math.round(drift)} ms while we looked`, mend)
        : ok("time", shown),
      ...(ahead !== null && ahead.changedAt > now + AHEAD_MS_MAX
        ? [warning("files", `${ahead.path} was changed later than that: the clock is behind`, mend)]
        : []),
    ];
  },
};

/** 2026-01-01: nothing that this program reads or made is older. */
const RELEASED_AT = Date.UTC(2026, 0, 1);
/** Clocks that are slewed differ by less in a second. */
const DRIFT_MS_MAX = 500;
/** A server of files may be some minutes ahead. */
const AHEAD_MS_MAX = 5 * 60_000;

const SETTING: Partial<Record<Situation["here"]["os"], string>> = {
  linux: "timedatectl set-ntp true",
  darwin: "sudo sntp -sS time.apple.com",
  windows: "w32tm /resync",
};

/** The one of our files that was changed last. */
async function newestFile(
  { config, home, instruments }: Situation,
): Promise<{ readonly path: string; readonly changedAt: number } | null> {
  const paths = [
    ...(home === null ? [] : [home.file]),
    ...(config.authorityFiles === null ? [] : [config.authorityFiles.certificateFile]),
  ];
  const changed: { readonly path: string; readonly changedAt: number }[] = [];
  for (const path of paths) {
    const look = await instruments.look(path);
    const changedAt = look.kind === "file" ? look.changedAt : null;
    if (changedAt !== null) changed.push({ path, changedAt });
  }
  return changed.toSorted((a, b) => b.changedAt - a.changedAt)[0] ?? null;
}

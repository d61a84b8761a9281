import { DOORWARDS } from "./contenders.ts";
import type { HeldTunnels } from "./idle_tunnels.ts";
import type { Verdict } from "./judge.ts";
import { markdown, ratio, shown } from "./markdown.ts";
import type { Starts } from "./start_summary.ts";
import type { Studied } from "./studies.ts";

/** What came of the studies, as Markdown. */
export function studyTables({ starts, tunnels }: Studied): string {
  const parts = [
    starts.length === 0 ? "" : `## Start-up\n\n${startTable(starts)}`,
    tunnels.length === 0 ? "" : `## Idle tunnels\n\n${tunnelTable(tunnels)}`,
  ];
  return parts.filter((part) => part !== "").join("\n");
}

/** The goals, as Markdown: those that something was measured for. */
export function goalTable(verdicts: readonly Verdict[]): string {
  if (verdicts.length === 0) return "";
  const missed = verdicts.filter(({ isMet }) => !isMet).length;
  const lines = verdicts.map(({ what, wanted, got, isMet }) => [
    what,
    wanted,
    isMet ? "met" : "missed",
    got < 10 ? ratio(got) : shown(got),
  ]);
  return `## Goals\n\n${markdown(["goal", "wanted", "verdict", "got"], lines, 3)}\n` +
    `${verdicts.length - missed} of ${verdicts.length} are met.\n`;
}

function startTable(starts: readonly Starts[]): string {
  const times = ["program", "accepts after, ms", "first response after, ms", "MB idle"];
  const figures = markdown(
    times,
    starts.map(({ of, acceptsMs, respondsMs, idleMb }) => [
      of,
      ...[acceptsMs, respondsMs, idleMb].map(shown),
    ]),
  );
  const own: readonly string[] = DOORWARDS;
  const compared = starts.filter(({ of, doorward }) => doorward !== null && !own.includes(of));
  if (compared.length === 0) return figures;
  const ratios = markdown(
    ["Doorward's to that of", "accepts", "first response", "MB idle"],
    compared.map(({ of, doorward }) => [
      of,
      ...[doorward?.accepts, doorward?.responds, doorward?.idleMb].map((one) => ratio(one ?? null)),
    ]),
  );
  return `${figures}\n${ratios}`;
}

function tunnelTable(tunnels: readonly HeldTunnels[]): string {
  const header = [
    "proxy",
    "tunnels",
    "MB before",
    "MB with them",
    "MB after",
    "KB each",
    "returned",
  ];
  return markdown(
    header,
    tunnels.map(({ contender, wanted, held, idleMb, heldMb, afterMb, eachKb, returned }) => [
      contender,
      held === wanted ? String(held) : `${held} of ${wanted}`,
      ...[idleMb, heldMb, afterMb, eachKb].map(shown),
      ratio(returned),
    ]),
  );
}

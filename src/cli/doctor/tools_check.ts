import type { Check } from "./check.ts";
import { type Finding, note, ok, warning } from "./finding.ts";
import { KNOWN_TOOLS, type KnownTool } from "./known_tools.ts";
import { leadsToUs } from "./leads_to_us.ts";
import { nodeHonours, nodeVersionOf } from "./node_version.ts";
import { findOnPath, type OnPath } from "./on_path.ts";
import type { Situation } from "./situation.ts";
import { variableOf } from "./variable.ts";

/** Which tools on the PATH go through Doorward, which do not, and what to do about those. */
export const toolsCheck: Check = {
  name: "tools",
  run: async (situation) => {
    const { here, instruments } = situation;
    const names = KNOWN_TOOLS.flatMap(({ programs }) => programs);
    const found = await findOnPath(names, here, instruments);
    const there = KNOWN_TOOLS.filter((tool) => programOf(tool, found) !== null);
    const plain = there.filter(({ honours, help }) => honours === "variables" && help === "");
    const others = there.filter((tool) => !plain.includes(tool));
    return [
      ...(plain.length === 0
        ? []
        : [ok("by variables", `${plain.map(({ tool }) => tool).join(", ")} go by the variables`)]),
      ...await Promise.all(others.map((tool) => ofTool(tool, found, situation))),
      ...found.hidden.map((folder) => note("PATH", `${folder} cannot be looked into`)),
      ...(there.length === 0 ? [note("PATH", "there is none of the tools that are known")] : []),
    ];
  },
};

function programOf({ programs }: KnownTool, found: OnPath): string | null {
  return programs.map((name) => found.programs.get(name)).find((path) => path !== undefined) ??
    null;
}

async function ofTool(tool: KnownTool, found: OnPath, situation: Situation): Promise<Finding> {
  const { tool: name, honours, help } = tool;
  switch (honours) {
    case "variables":
      return ok(name, `it goes by the variables (${help})`);
    case "run":
      return note(name, `doorward run takes it through Doorward, and env does not (${help})`);
    case "nothing":
      return note(name, `it goes directly: ${help}`);
    case "version":
      return await ofNode(tool, programOf(tool, found) ?? "", situation);
  }
}

/** Node says nothing when it goes directly: what it does has to be told by its version. */
async function ofNode(
  { tool, help }: KnownTool,
  program: string,
  { here, config, instruments, pointing }: Situation,
): Promise<Finding> {
  const version = await nodeVersionOf(program, here.os, instruments);
  if (version === null) return note(tool, `its version is not known; by the variables go ${help}`);
  const { major, minor } = version;
  const called = `${program} is ${major}.${minor}`;
  switch (nodeHonours(version)) {
    case "nothing":
      return warning(tool, `${called}, which goes directly, whatever is set`, NEWER);
    case "fetch":
      return warning(tool, `${called}, of which fetch alone goes by the variables`, NEWER);
    case "all": {
      const isPointed = leadsToUs(variableOf("https_proxy", here), config);
      return isPointed && here.env["NODE_USE_ENV_PROXY"] !== "1"
        ? warning(
          tool,
          `${called}, and goes directly without NODE_USE_ENV_PROXY=1`,
          pointing,
        )
        : ok(tool, `${called}, and goes by the variables`);
    }
  }
}

const NEWER = "install Node 24.5 or later, or 22.21 or later of 22";

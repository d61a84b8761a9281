import { quote } from "../../config/toml/printable.ts";
import type { Check } from "./check.ts";
import { type Finding, note, ok, warning } from "./finding.ts";
import { leadsToUs } from "./leads_to_us.ts";
import { type Setting, SETTINGS_FILES, type SettingsFile } from "./settings_files.ts";
import type { Situation } from "./situation.ts";

/** Files of tools that name a proxy of their own. Some count more than what `run` tells the tool. */
export const settingsCheck: Check = {
  name: "settings of tools",
  run: async (situation) => {
    const { here: { env, os, cwd } } = situation;
    const places = { env, os, cwd: cwd() };
    const found = await Promise.all(
      SETTINGS_FILES.flatMap((file) =>
        file.paths(places).map((path) => findingsIn(file, path, situation))
      ),
    );
    const findings = found.flat();
    return findings.length > 0 ? findings : [ok("files", "none that is known names a proxy")];
  },
};

/** Files of settings are short; what stands further on is not looked for. */
const BYTES_MAX = 64 * 1024;

async function findingsIn(
  file: SettingsFile,
  path: string,
  { config, instruments }: Situation,
): Promise<readonly Finding[]> {
  const text = await instruments.text(path, BYTES_MAX);
  const settings = text === null ? [] : file.read(text);
  return settings
    .filter(({ value }) => !leadsToUs(value, config))
    .map((setting) => ofSetting(file, path, setting));
}

function ofSetting(
  { tool, variable }: SettingsFile,
  path: string,
  { key, value }: Setting,
): Finding {
  const found = `${path} has ${key} = ${quote(value)}`;
  if (variable !== null) {
    return note(tool, `${found}; run and env set ${variable}, which counts more`);
  }
  return warning(
    tool,
    `${found}, which counts more than any variable: ${tool} passes Doorward by`,
    MEND,
  );
}

const MEND = "take that line out";

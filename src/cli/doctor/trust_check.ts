import { ConfigError } from "../../config/errors.ts";
import { readGuardedFile } from "../../config/private_file.ts";
import {
  CA_FILE_VARIABLES,
  hasBundleName,
  trustBundle,
  upstreamRoots,
} from "../../config/trust_bundle.ts";
import { unsetting } from "../shell/unset.ts";
import type { Check } from "./check.ts";
import { fault, type Finding, note, ok, warning } from "./finding.ts";
import type { Situation } from "./situation.ts";
import { variableOf } from "./variable.ts";

/** Whom the programs of this shell trust: a file that is gone, or without the authority, fails every HTTPS. */
export const trustCheck: Check = {
  name: "trust",
  run: async (situation) => {
    const bundle = await bundleOf(situation);
    if ("level" in bundle) return [bundle];
    const findings = [...bundle.findings, ...await ofVariables(bundle.path, situation)];
    return findings.length > 0
      ? findings
      : [ok("variables", "none of them names a file that would not do")];
  },
};

/** The bundle that programs have to trust now; null while HTTPS is not looked into. */
interface Bundle {
  readonly path: string | null;
  readonly findings: readonly Finding[];
}

/** Certificates have some thousand bytes. */
const PEM_BYTES_MAX = 1024 * 1024;

async function bundleOf({ config, here, instruments, ours }: Situation): Promise<Bundle | Finding> {
  const { network: { mitm }, authorityFiles: files, upstreamCaFile } = config;
  if (!mitm || files === null) return { path: null, findings: [] };
  const read = await readGuardedFile(files.certificateFile, {
    bytesMax: PEM_BYTES_MAX,
    isSecret: false,
  });
  if (read.kind !== "text") return note("bundle", "there is none without an authority");
  try {
    const { env, os } = here;
    const { roots, warnings } = await upstreamRoots({ env, os, upstreamCaFile }, read.text);
    const { path } = await trustBundle(files.bundleFolder, roots, read.text);
    const { kind } = await instruments.look(path);
    return {
      path,
      findings: [
        kind === "file"
          ? ok("bundle", `${path} is current`)
          : note("bundle", "it is not written yet: start, run and env write it"),
        ...warnings.map((why) => warning("roots", why, "name a file that can be read")),
      ],
    };
  } catch (error) {
    if (error instanceof ConfigError) return fault("bundle", error.message, ours("check"));
    throw error;
  }
}

async function ofVariables(
  bundle: string | null,
  { here, instruments, shell, pointing }: Situation,
): Promise<readonly Finding[]> {
  const findings: Finding[] = [];
  const current: string[] = [];
  for (const name of CA_FILE_VARIABLES) {
    const path = variableOf(name, here);
    if (path === "") continue;
    const isOurs = hasBundleName(path);
    const { kind } = await instruments.look(path);
    if (kind !== "file") {
      const mend = bundle === null ? unsetting([name], shell) : pointing;
      findings.push(warning(name, `it names ${path}, which is no file: HTTPS may fail`, mend));
    } else if (path === bundle) {
      current.push(name);
    } else if (bundle !== null) {
      const what = isOurs ? "an older bundle" : "a file without this authority";
      findings.push(
        warning(name, `it names ${path}, ${what}: what is looked into fails`, pointing),
      );
    } else if (isOurs) {
      const found = `it names a bundle of Doorward's, and HTTPS is not looked into`;
      findings.push(note(name, found));
    }
  }
  if (current.length > 0) findings.push(ok("variables", `${current.join(", ")} name the bundle`));
  return findings;
}

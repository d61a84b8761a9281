import type { AuthorityFiles } from "../../config/authority_files.ts";
import { type GuardedFile, readGuardedFile } from "../../config/private_file.ts";
import type { AuthorityPem } from "../../tls/authority_pem.ts";
import { authorityOf } from "../../tls/authority.ts";
import { certificateFacts } from "../../tls/certificate_facts.ts";
import { quoteWords } from "../shell/command_line.ts";
import type { Check } from "./check.ts";
import { fault, type Finding, note, ok, warning } from "./finding.ts";
import { SET_HOME } from "./files_check.ts";
import type { Situation } from "./situation.ts";

/** The authority by which HTTPS is looked into: whether it can sign, and is guarded, wherever its files are. */
export const authorityCheck: Check = {
  name: "authority",
  run: async (situation) => {
    const { network: { mitm }, authorityFiles: files } = situation.config;
    if (files === null) return [mitm ? fault("files", NO_HOME, SET_HOME) : note("use", OFF)];
    const [certificate, key] = await Promise.all([
      readGuardedFile(files.certificateFile, { bytesMax: PEM_BYTES_MAX, isSecret: false }),
      readGuardedFile(files.keyFile, { bytesMax: PEM_BYTES_MAX, isSecret: true }),
    ]);
    const isNone = certificate.kind === "absent" && key.kind === "absent";
    if (isNone && files.owner === "doorward") return [note("use", mitm ? NOT_YET : OFF)];
    const unusable = await Promise.all([
      whyUnusable({ file: files.certificateFile, mode: 0o644 }, certificate, situation),
      whyUnusable({ file: files.keyFile, mode: 0o600 }, key, situation),
    ]);
    if (certificate.kind !== "text" || key.kind !== "text") return unusable.flat();
    return await ofPem(files, { certificate: certificate.text, key: key.text }, situation);
  },
};

/** Certificates and keys have some thousand bytes. */
const PEM_BYTES_MAX = 1024 * 1024;
const DAY_MS = 24 * 60 * 60_000;
/** Long enough to have a new one trusted everywhere. */
const SOON_DAYS = 30;

const NO_HOME = "there is no home folder to keep the authority in";
const OFF = "HTTPS is not looked into (mitm = false), and there is no authority";
const NOT_YET = "there is none yet: start, run and env make one";

/** A file of the authority, and the permissions that it is to have. */
interface Guarded {
  readonly file: string;
  readonly mode: number;
}

async function whyUnusable(
  { file, mode }: Guarded,
  read: GuardedFile,
  { shell, config, ours, instruments }: Situation,
): Promise<readonly Finding[]> {
  if (read.kind === "text") return [];
  if (read.kind === "absent") {
    const found = `${file} is not there, and the other one is of no use without it`;
    const mend = config.authorityFiles?.owner === "user"
      ? "put it there, or name other files in mitm_ca"
      : `put it back, or remove the other one, too; then: ${ours("ca", "path")}`;
    return [fault("files", found, mend)];
  }
  const at = await instruments.look(file);
  const isOpen = at.kind === "file" && !at.isLink && at.mode !== null &&
    (at.mode & 0o777 & ~mode) !== 0;
  const mend = isOpen ? ["chmod", mode.toString(8), file] : ["ls", "-l", file];
  return [fault("files", `${file} cannot be used: ${read.why}`, quoteWords(mend, shell))];
}

async function ofPem(
  { certificateFile, keyFile, owner }: AuthorityFiles,
  pem: AuthorityPem,
  { here, shell, ours, config }: Situation,
): Promise<readonly Finding[]> {
  const now = () => here.clock.now();
  const anew = owner === "user"
    ? ["name other files in mitm_ca"]
    : [quoteWords(["rm", certificateFile, keyFile], shell), ours("ca", "path")];
  const authority = await authorityOf(pem, now);
  if ("kind" in authority) {
    const file = authority.of === "key" ? keyFile : certificateFile;
    return [fault("certificate", `${file} cannot be used: ${authority.why}`, ...anew)];
  }
  const facts = await certificateFacts(authority.certificate);
  const days = Math.floor((Date.parse(facts?.notAfter ?? "") - now()) / DAY_MS);
  const use = config.network.mitm ? "HTTPS is looked into with it" : "it is not used: mitm = false";
  return [
    ok("use", `${certificateFile} and its key belong together; ${use}`),
    days < SOON_DAYS
      ? warning("expiry", `it ends in ${days} days, on ${facts?.notAfter}`, ...anew)
      : ok("expiry", `it is good for ${days} days`),
  ];
}

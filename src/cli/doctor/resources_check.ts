import { folderOf } from "../../config/file_path.ts";
import { shellQuote } from "../../library/env/shell_quote.ts";
import { FILE_BYTES_MAX, FILES_KEPT } from "../../audit/file/rotating_file.ts";
import type { Check } from "./check.ts";
import { fault, type Finding, note, ok, warning } from "./finding.ts";
import type { Look } from "./instruments.ts";
import type { Situation } from "./situation.ts";

/** What runs out: files that may be open at once, and the disk that records go to. */
export const resourcesCheck: Check = {
  name: "resources",
  run: async (situation) => {
    const { auditFile, violationFile, audit } = situation.config;
    const auditBytes = audit.fileBytes * (audit.filesKept + 1);
    const violationBytes = FILE_BYTES_MAX * (FILES_KEPT + 1);
    return [
      await ofOpenFiles(situation),
      ...(auditFile === null ? [] : [await ofLog("audit_file", auditFile, auditBytes, situation)]),
      ...(violationFile === null
        ? []
        : [await ofLog("violation_file", violationFile, violationBytes, situation)]),
    ];
  },
};

/** Two a tunnel, and some for listeners, records and look-ups. */
const FILES_A_CONNECTION = 2;
const OTHER_FILES = 64;

const LIMITS_FILE = "/proc/self/limits";
const LIMITS_BYTES_MAX = 16 * 1024;

async function ofOpenFiles({ config, here, instruments }: Situation): Promise<Finding> {
  const { connections } = config.limits;
  const wanted = FILES_A_CONNECTION * connections + OTHER_FILES;
  const text = here.os === "linux" ? await instruments.text(LIMITS_FILE, LIMITS_BYTES_MAX) : null;
  const [, soft, hard] = /^Max open files\s+(\d+|unlimited)\s+(\d+|unlimited)/m.exec(text ?? "") ??
    [];
  if (soft === undefined || hard === undefined) {
    const why =
      `it is not known how many may be open: ulimit -n prints it, and ${wanted} are enough`;
    return note("open files", why);
  }
  if (numberOf(soft) >= wanted) {
    return ok("open files", `${soft} may be open; ${wanted} are enough`);
  }
  const fewer = Math.max(1, Math.floor((numberOf(soft) - OTHER_FILES) / FILES_A_CONNECTION));
  return warning(
    "open files",
    `${soft} may be open, and ${connections} connections take ${wanted}`,
    ...(numberOf(hard) >= wanted ? [`before it is started: ulimit -n ${wanted}`] : []),
    `connections = ${fewer} under [network.limits]`,
  );
}

function numberOf(limit: string): number {
  return limit === "unlimited" ? Infinity : Number(limit);
}

/** The permission bits by which somebody may write, and by which others may. */
const WRITE = 0o222;
const OTHERS_WRITE = 0o022;
const OWNER_WRITE = 0o200;
const ROOT = 0;

/** Whether a file of records could be written, as far as can be told without writing it. */
async function ofLog(
  key: string,
  path: string,
  bytes: number,
  situation: Situation,
): Promise<Finding> {
  const { here: { os }, instruments } = situation;
  const folder = folderOf(path, os);
  const [file, around] = await Promise.all([instruments.look(path), instruments.look(folder)]);
  const broken = whyUnusable(key, path, file, situation) ??
    (file.kind === "absent" ? whyNoFolder(key, folder, around, situation) : null);
  if (broken !== null) return broken;
  if (file.kind === "device") return ok(key, `${path} takes what is written to it`);
  const free = await instruments.freeBytes(folder);
  if (free === null) return ok(key, `${path} can be written; how much room there is is not known`);
  if (free >= bytes) return ok(key, `${path} can be written, and there is room`);
  const found = `${path} and what is put aside take ${megabytes(bytes)}, and there are ` +
    `${megabytes(free)} free`;
  return warning(key, found, "make room, or name a file on another disk");
}

function whyUnusable(
  key: string,
  path: string,
  file: Look,
  { instruments, shell }: Situation,
): Finding | null {
  const quoted = shellQuote(path, shell);
  if (file.kind === "absent") return null;
  if (file.kind === "hidden") {
    return fault(key, `${path} cannot be looked at: ${file.why}`, `ls -l ${quoted}`);
  }
  if (file.isLink) return fault(key, `${path} is a symbolic link`, `${key} = the file itself`);
  if (file.kind === "device") return null;
  if (file.kind !== "file") return fault(key, `${path} is not a file`, `name a file in ${key}`);
  const user = instruments.user();
  if (user !== null && file.uid !== null && file.uid !== user) {
    return fault(key, `${path} belongs to another user`, `name another file in ${key}`);
  }
  const { mode } = file;
  if (mode === null) return null;
  if ((mode & OTHERS_WRITE) !== 0) {
    return fault(key, `others may write ${path}`, `chmod go-w ${quoted}`);
  }
  if (user === ROOT || (mode & OWNER_WRITE) !== 0) return null;
  return fault(key, `${path} cannot be written`, `chmod u+w ${quoted}`);
}

function whyNoFolder(
  key: string,
  folder: string,
  around: Look,
  { instruments, shell }: Situation,
): Finding | null {
  const quoted = shellQuote(folder, shell);
  if (around.kind === "absent") {
    return fault(key, `there is no folder ${folder}`, `mkdir -p ${quoted}`);
  }
  if (around.kind !== "folder") {
    return fault(key, `${folder} is no folder that can be used`, `ls -ld ${quoted}`);
  }
  const { mode, uid } = around;
  const user = instruments.user();
  if (mode === null || user === null || user === ROOT) return null;
  const mayWrite = uid === user ? (mode & OWNER_WRITE) !== 0 : (mode & WRITE & ~OWNER_WRITE) !== 0;
  return mayWrite ? null : fault(key, `this user cannot write into ${folder}`, `ls -ld ${quoted}`);
}

function megabytes(bytes: number): string {
  return `${Math.floor(bytes / (1024 * 1024))} MiB`;
}

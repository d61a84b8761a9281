// The files of the authority of interception: whoever can read the key can pose as any server to whoever
// trusts the certificate.
import { type Authority, authorityOf } from "../tls/authority.ts";
import type { AuthorityPem } from "../tls/authority_pem.ts";
import type { AuthorityFiles } from "./authority_files.ts";
import { ConfigError } from "./errors.ts";
import { withFileLock } from "./file_lock.ts";
import { folderOf } from "./file_path.ts";
import { publishNewFile, removeQuietly, whyNotWritten } from "./new_file.ts";
import { readGuardedFile } from "./private_file.ts";

/** Certificates and keys have some thousand bytes. */
const PEM_BYTES_MAX = 1024 * 1024;
/** Programs that run as somebody else are to trust the certificate, too. */
const CERTIFICATE_MODE = 0o644;
const KEY_MODE = 0o600;
const FOLDER_MODE = 0o700;

/**
 * Opens the authority in these files. One of Doorward's is made when neither file is there: `make` does, and
 * two processes that do so at once end with the same. What is there is never overwritten.
 *
 * @param hostsMax certificates that it keeps
 * @throws {ConfigError} that names the file, when they are not fit for use
 */
export async function openAuthorityFiles(
  files: AuthorityFiles,
  now: () => number,
  make: () => Promise<AuthorityPem>,
  hostsMax?: number,
): Promise<Authority> {
  const pem = await readOrMakeAuthorityPem(files, make);
  const authority = await authorityOf(pem, now, hostsMax);
  if (!("kind" in authority)) return authority;
  const file = authority.of === "key" ? files.keyFile : files.certificateFile;
  throw unusable(files, file, `${authority.why}${remedy(files)}`);
}

/** What is in the files; null when neither is there. Throws as {@linkcode openAuthorityFiles}. */
export async function readAuthorityPem(files: AuthorityFiles): Promise<AuthorityPem | null> {
  const read = await readBoth(files);
  if (read !== "half" && read !== "absent") return read;
  if (read === "absent" && files.owner === "doorward") return null;
  // Another process may be between the two.
  const again = read === "half" && files.owner === "doorward"
    ? await locked(files, () => readBoth(files)).catch(halfUnless)
    : read;
  if (typeof again !== "string") return again;
  throw unusable(
    files,
    await absentOne(files),
    `it is not there, and both the certificate and the key must exist ` +
      `(certificate ${files.certificateFile}, key ${files.keyFile})${halfRemedy(files)}`,
  );
}

async function readOrMakeAuthorityPem(
  files: AuthorityFiles,
  make: () => Promise<AuthorityPem>,
): Promise<AuthorityPem> {
  const known = await readAuthorityPem(files);
  if (known !== null) return known;
  const { certificateFile, keyFile } = files;
  const { os } = Deno.build;
  try {
    for (const file of [certificateFile, keyFile]) {
      await Deno.mkdir(folderOf(file, os), { recursive: true, mode: FOLDER_MODE });
    }
    await locked(files, async () => {
      // Another process may have been first.
      if (await readBoth(files) === "absent") await publish(files, await make());
    });
  } catch (error) {
    if (error instanceof ConfigError) throw error;
    // Where there are no locks it shows only here that another process was first.
    if (!(error instanceof Deno.errors.AlreadyExists)) {
      throw unusable(files, certificateFile, `it cannot be made: ${whyNotWritten(error)}`, error);
    }
  }
  const made = await readAuthorityPem(files);
  if (made === null) throw unusable(files, certificateFile, "somebody removed it at once");
  return made;
}

/** The key first: a certificate without its key would be trusted for nothing. */
async function publish({ certificateFile, keyFile }: AuthorityFiles, pem: AuthorityPem) {
  const bytes = (text: string) => new TextEncoder().encode(text);
  await publishNewFile(keyFile, bytes(pem.key), KEY_MODE);
  try {
    await publishNewFile(certificateFile, bytes(pem.certificate), CERTIFICATE_MODE);
  } catch (error) {
    // It is ours, from a moment ago, and of no use by itself.
    await removeQuietly(keyFile);
    throw error;
  }
}

async function locked<T>({ keyFile }: AuthorityFiles, work: () => Promise<T>): Promise<T> {
  return await withFileLock(`${keyFile}.lock`, work);
}

async function readBoth(files: AuthorityFiles): Promise<AuthorityPem | "half" | "absent"> {
  // The certificate first, since it is made last.
  const certificate = await readOne(files, files.certificateFile, false);
  const key = await readOne(files, files.keyFile, true);
  if (certificate === null && key === null) return "absent";
  return certificate === null || key === null ? "half" : { certificate, key };
}

async function readOne(
  files: AuthorityFiles,
  file: string,
  isSecret: boolean,
): Promise<string | null> {
  const read = await readGuardedFile(file, { bytesMax: PEM_BYTES_MAX, isSecret });
  if (read.kind === "text") return read.text;
  if (read.kind === "absent") return null;
  throw unusable(files, file, read.why + (read.lasts ? remedy(files) : ""));
}

async function absentOne({ certificateFile, keyFile }: AuthorityFiles): Promise<string> {
  const isThere = await Deno.stat(certificateFile).then(() => true, () => false);
  return isThere ? keyFile : certificateFile;
}

/** A folder that takes no lock has nobody who makes files in it. */
function halfUnless(error: unknown): "half" {
  if (error instanceof ConfigError) throw error;
  return "half";
}

/** What mends files that cannot be used as they are. */
function remedy({ owner, certificateFile, keyFile }: AuthorityFiles): string {
  return owner === "doorward"
    ? `; remove ${certificateFile} and ${keyFile}, and a new authority is made, to be trusted anew`
    : '; mend it, or name other files in "mitm_ca"';
}

function halfRemedy(files: AuthorityFiles): string {
  return files.owner === "doorward"
    ? "; put it back, or remove the other one, too, and a new authority is made"
    : '; put it there, or name other files in "mitm_ca"';
}

function unusable(
  { owner }: AuthorityFiles,
  file: string,
  why: string,
  cause?: unknown,
): ConfigError {
  const whose = owner === "doorward" ? "Doorward" : '"mitm_ca"';
  const message = `cannot use the certificate authority of ${whose}: ${why}`;
  return new ConfigError([{ origin: { file, line: null, column: null }, message }], { cause });
}

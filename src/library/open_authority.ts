import { openAuthorityFiles } from "../config/authority_pem.ts";
import type { AuthorityFiles } from "../config/authority_files.ts";
import type { Config } from "../config/config.ts";
import { ConfigError } from "../config/errors.ts";
import { upstreamRoots, writeTrustBundle } from "../config/trust_bundle.ts";
import { type Authority, newAuthority } from "../tls/authority.ts";
import type { Machine } from "./machine.ts";

/** What HTTPS is looked into with. */
export interface OpenAuthority {
  /** Signs for the hosts that clients ask for. */
  readonly authority: Authority;
  /** The file that clients are told to trust. */
  readonly bundlePath: string;
  /** The authorities that servers may be certified by, in PEM; ours is not among them. */
  readonly roots: readonly string[];
  /** What of the environment could not be read, a sentence each. */
  readonly warnings: readonly string[];
}

/** The part of the machine that is needed for it. */
type Here = Pick<Machine, "env" | "os" | "clock">;

/**
 * Opens the certificate authority, made where there is none, and writes the bundle for clients. Null, and
 * nothing is read or written, while HTTPS is not looked into.
 *
 * @throws {ConfigError} that names the file and what mends it
 */
export async function openAuthority(config: Config, here: Here): Promise<OpenAuthority | null> {
  if (!config.network.mitm) return null;
  const files = authorityFilesOf(config);
  const authority = await openOrMake(files, here, config.limits.interceptedCertificates);
  const { env, os } = here;
  const sources = { env, os, upstreamCaFile: config.upstreamCaFile };
  const { roots, warnings } = await upstreamRoots(sources, authority.certificate);
  const { bundleFolder } = files;
  const bundlePath = await writeTrustBundle(bundleFolder, roots, authority.certificate);
  return { authority, bundlePath, roots, warnings };
}

/**
 * Opens the certificate authority in these files, made where there is none and it is Doorward's.
 *
 * @param hostsMax certificates that it keeps
 */
export async function openOrMake(
  files: AuthorityFiles,
  { clock }: Pick<Here, "clock">,
  hostsMax?: number,
): Promise<Authority> {
  const now = () => clock.now();
  return await openAuthorityFiles(files, now, () => newAuthority(clock.now()), hostsMax);
}

/** Where the authority is. Throws when there is no folder to keep it in. */
export function authorityFilesOf({ authorityFiles, originOf, sources }: Config): AuthorityFiles {
  if (authorityFiles !== null) return authorityFiles;
  const origin = originOf("network.mitm") ??
    { file: sources[0] ?? "built-in", line: null, column: null };
  const message = "there is no home folder to keep the certificate authority in: set DOORWARD_HOME";
  throw new ConfigError([{ origin, message }]);
}

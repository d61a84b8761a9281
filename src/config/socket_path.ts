/** The systems whose rules for paths differ; `unknown` takes what any of them takes. */
export type SocketOs = "linux" | "macos" | "windows" | "unknown";

/** The name that messages and {@linkcode isSocketPath} use for a `Deno.build.os`. */
export function socketOs(os: typeof Deno.build.os): SocketOs {
  if (os === "darwin") return "macos";
  return os === "linux" || os === "windows" ? os : "unknown";
}

/**
 * Whether a path can name a unix socket: absolute for the system, without NUL. A leading slash will do
 * on every system.
 */
export function isSocketPath(path: string, os: SocketOs): boolean {
  if (path.includes("\0")) return false;
  if (path.startsWith("/")) return true;
  if (os !== "windows" && os !== "unknown") return false;
  const drive = /^[A-Za-z]:[\\/]/;
  const device = /^\\\\[?.]\\./;
  const share = /^\\\\[^\\/?.][^\\/]*\\[^\\/]+/;
  return drive.test(path) || device.test(path) || share.test(path);
}

/** What is wrong with an entry that is no such path. */
export function badSocketPath(index: number, os: SocketOs, quotedPath: string): string {
  return `invalid network.allow_unix_sockets[${index}]: ` +
    `expected a NUL-free absolute path for ${os}, got ${quotedPath}`;
}

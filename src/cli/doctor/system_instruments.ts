import { statfs } from "node:fs/promises";
import { readUpTo, whyUnreadable } from "../../config/config_file.ts";
import type { SocketAddress } from "../../net/address/endpoint.ts";
import { listenTcp } from "../../net/tcp_listener.ts";
import type { Instruments, Look } from "./instruments.ts";

/** The real ones. */
export const systemInstruments: Instruments = {
  look,
  async text(path, bytesMax): Promise<string | null> {
    if ((await look(path)).kind !== "file") return null;
    return await readUpTo(path, bytesMax).then(
      (bytes) => new TextDecoder().decode(bytes),
      () => null,
    );
  },
  realPath: (path) => Deno.realPath(path).catch(() => null),
  tryListen(at: SocketAddress): unknown {
    try {
      listenTcp(at).close();
      return null;
    } catch (error) {
      return error;
    }
  },
  async freeBytes(path): Promise<number | null> {
    // Without --allow-sys=statfs the runtime refuses.
    return await statfs(path).then(({ bavail, bsize }) => bavail * bsize, () => null);
  },
  user(): number | null {
    try {
      return Deno.uid();
    } catch {
      return null; // Deno was started without --allow-sys=uid.
    }
  },
};

async function look(path: string): Promise<Look> {
  try {
    const named = await Deno.lstat(path);
    const info = named.isSymlink ? await Deno.stat(path) : named;
    const { mode, uid, mtime } = info;
    const changedAt = mtime?.getTime() ?? null;
    return { kind: kindOf(info), isLink: named.isSymlink, mode, uid, changedAt };
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return { kind: "absent" };
    return { kind: "hidden", why: whyUnreadable(error) };
  }
}

function kindOf({ isFile, isDirectory, isCharDevice }: Deno.FileInfo) {
  if (isFile) return "file";
  if (isDirectory) return "folder";
  return isCharDevice ? "device" : "other";
}

// When requirements were last kept. It only grows, so that older ones that were put back are told from the last.
import { joinPath } from "../file_path.ts";
import { readPrivateFile } from "../private_file.ts";
import { replacePrivateFile } from "./replace_file.ts";
import { isSigned, sign } from "./signature.ts";

/** A time, a blank and a signature. */
const FILE_BYTES_MAX = 128;

/** Where it is: `<home>/proxy/requirements.seen`. */
export function lastSeenFile(home: string, os: typeof Deno.build.os): string {
  return joinPath(os, home, "proxy", "requirements.seen");
}

/** Unix milliseconds; null where there is none that is ours. */
export async function readLastSeen(file: string, key: CryptoKey): Promise<number | null> {
  const read = await readPrivateFile(file, FILE_BYTES_MAX);
  if (read.kind !== "text") return null;
  const [, time, signature] = /^(\d{1,15}) (\S+)\n$/.exec(read.text) ?? [];
  if (time === undefined || signature === undefined) return null;
  return await isSigned(key, signedText(time), signature) ? Number(time) : null;
}

/** Writes a time, unless there is a later one. */
export async function writeLastSeen(file: string, key: CryptoKey, ms: number): Promise<void> {
  const known = await readLastSeen(file, key);
  if (known !== null && known >= ms) return;
  await replacePrivateFile(file, `${ms} ${await sign(key, signedText(String(ms)))}\n`);
}

/** No other text that we sign begins so. */
function signedText(time: string): string {
  return `last seen ${time}`;
}

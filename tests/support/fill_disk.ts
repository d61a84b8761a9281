/** Takes every byte that there is on a disk, by a file. Returns how to give them back. */
export function fillDisk(filler: string): () => Promise<void> {
  using file = Deno.openSync(filler, { write: true, create: true });
  for (const bytes of [65_536, 1]) {
    try {
      while (true) file.writeSync(new Uint8Array(bytes));
    } catch {
      // That was the last one of that size.
    }
  }
  return () => Deno.remove(filler);
}

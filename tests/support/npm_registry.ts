import type { Handler } from "./web_origin.ts";

/** A registry of npm that has one package in version 1.0.0, with the file `hello.txt`. */
export async function npmRegistry(name = "tiny"): Promise<Handler> {
  const manifest = { name, version: "1.0.0" };
  const tarball = await gzip(concat([
    ...tarEntry("package/package.json", JSON.stringify(manifest)),
    ...tarEntry("package/hello.txt", "hello from the origin\n"),
    new Uint8Array(2 * TAR_BLOCK),
  ]));
  const hash = new Uint8Array(await crypto.subtle.digest("SHA-512", tarball));
  return (request) => {
    const { origin, pathname } = new URL(request.url);
    if (pathname === `/${name}/-/${name}-1.0.0.tgz`) return new Response(tarball);
    if (pathname !== `/${name}`) return new Response("{}", { status: 404 });
    const dist = {
      tarball: `${origin}/${name}/-/${name}-1.0.0.tgz`,
      integrity: `sha512-${hash.toBase64()}`,
    };
    return Response.json({
      name,
      "dist-tags": { latest: "1.0.0" },
      versions: { "1.0.0": { ...manifest, dist } },
    });
  };
}

const TAR_BLOCK = 512;

/** A file in a tar archive: POSIX.1-1988 (ustar), a header of one block, then the bytes in whole blocks. */
function tarEntry(name: string, text: string): Uint8Array[] {
  const body = new TextEncoder().encode(text);
  const octal = (value: number, digits: number) => value.toString(8).padStart(digits, "0");
  const put = (at: number, value: string) => header.set(new TextEncoder().encode(value), at);
  const header = new Uint8Array(TAR_BLOCK);
  put(0, name);
  put(100, "0000644\0");
  put(124, `${octal(body.length, 11)}\0`);
  put(136, `${octal(0, 11)}\0`);
  put(148, "        ");
  put(156, "0");
  put(257, "ustar\x0000");
  put(148, `${octal(header.reduce((sum, byte) => sum + byte, 0), 6)}\0 `);
  const padding = new Uint8Array((TAR_BLOCK - body.length % TAR_BLOCK) % TAR_BLOCK);
  return [header, body, padding];
}

async function gzip(bytes: Uint8Array<ArrayBuffer>): Promise<Uint8Array<ArrayBuffer>> {
  const stream = new Blob([bytes]).stream().pipeThrough(new CompressionStream("gzip"));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

function concat(parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

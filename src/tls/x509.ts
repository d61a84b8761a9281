/**
 * The library that reads and writes certificates. It is large: loaded only where a certificate is needed, which
 * is never while nothing is intercepted.
 */
export async function x509(): Promise<X509> {
  // The library injects its parts by decorators and throws without this; it must come first.
  await import("reflect-metadata");
  return await import("@peculiar/x509");
}

/** {@linkcode x509}, loaded. */
export type X509 = typeof import("@peculiar/x509");

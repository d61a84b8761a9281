/** The path of a request that every server reads in one way. */
export interface RequestPath {
  readonly kind: "path";
  /** Begins with a slash. What need not be encoded is not, and what is encoded is so in capitals. */
  readonly text: string;
  /** What follows the question mark, as sent; null where there is none. */
  readonly query: string | null;
}

/** A path that one server may read otherwise than the next. No rule that names paths matches it. */
export interface AmbiguousPath {
  readonly kind: "ambiguous";
  /** What makes it so, as it follows "it has". */
  readonly why: string;
}

/** Reads a request target in origin-form (RFC 9112 section 3.2.1). */
export function readRequestPath(target: string): RequestPath | AmbiguousPath {
  const mark = target.indexOf("?");
  const written = mark === -1 ? target : target.slice(0, mark);
  const why = whyNotWritten(written, target) ?? whyNotDecoded(written);
  if (why !== null) return { kind: "ambiguous", why };
  return {
    kind: "path",
    text: canonical(written),
    query: mark === -1 ? null : target.slice(mark + 1),
  };
}

/** What is encoded without need is the same path (RFC 3986 section 6.2.2). */
export function canonical(text: string): string {
  return text.replaceAll(/%[0-9A-Fa-f]{2}/g, (triplet) => {
    const character = String.fromCharCode(parseInt(triplet.slice(1), 16));
    return /[A-Za-z0-9._~-]/.test(character) ? character : triplet.toUpperCase();
  });
}

function whyNotWritten(written: string, target: string): string | null {
  if (!written.startsWith("/")) return "no slash at its start";
  if (target.includes("#")) return "a fragment";
  if (written.includes("\\")) return "a backslash";
  if (/[^!-~]/.test(written)) return "a character that belongs in no URL";
  if (/%(?![0-9A-Fa-f]{2})/.test(written)) return "a percent sign that encodes nothing";
  if (/%(2f|5c|25)/i.test(written)) return "an encoded slash, backslash or percent sign";
  return null;
}

function whyNotDecoded(written: string): string | null {
  const decoded = decodeText(written);
  // Overlong forms and halves of surrogates are no UTF-8 either.
  if (decoded === null) return "encoded bytes that are no text";
  if (/\p{Cc}/u.test(decoded)) return "an encoded control character";
  // Servers that fold characters make a dot, or a slash, of what looks like one.
  const folded = decoded.normalize("NFKC");
  if (/[\\%]/.test(folded) || slashes(folded) !== slashes(decoded)) {
    return "a character that may be read as a slash";
  }
  const segments = folded.split("/").slice(1);
  const last = segments.length - 1;
  for (const [index, segment] of segments.entries()) {
    if (segment === "" && index < last) return "an empty segment";
    // Some servers cut off what follows a semicolon, and Windows dots and blanks at the end.
    const [head = ""] = segment.split(";", 1);
    if (segment !== "" && /^[.\s]*$/.test(head)) return "a dot segment, or an empty one";
  }
  return null;
}

function slashes(text: string): number {
  return text.split("/").length;
}

/** Undoes percent-encoding once; null where that yields no UTF-8. */
export function decodeText(text: string): string | null {
  try {
    return decodeURIComponent(text);
  } catch (error) {
    if (error instanceof URIError) return null;
    throw error;
  }
}

/** tchar of RFC 9110 section 5.6.2: what methods and field names are made of. */
const TOKEN = table((code) =>
  /[!#$%&'*+\-.^_`|~0-9A-Za-z]/.test(String.fromCharCode(code)) && code < 0x80
);
/** field-vchar, obs-text, SP and HTAB of RFC 9110 section 5.5: no other control, so no NUL, CR or LF. */
const VALUE = table((code) => code === 0x09 || (code >= 0x20 && code !== 0x7f));

const NOT_IN_LINE = /[^\t\x20-\x7e\x80-\xff]/;

/** Whether the byte may stand in a token. */
export function isTokenByte(byte: number): boolean {
  return TOKEN[byte] === 1;
}

/** Whether the byte may stand in a field value. */
export function isValueByte(byte: number): boolean {
  return VALUE[byte] === 1;
}

/**
 * Whether the text may stand in one line of a head: no line end, which would make two of it, no other control
 * character, and none above U+00FF, which would become some other byte.
 */
export function fitsInLine(text: string): boolean {
  return !NOT_IN_LINE.test(text);
}

function table(allows: (code: number) => boolean): Uint8Array {
  return Uint8Array.from({ length: 256 }, (_, code) => (allows(code) ? 1 : 0));
}

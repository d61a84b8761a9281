/** What steers a terminal, or reorders or ends a line: control, format and separator characters. */
const UNSAFE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu;

/** What most of it is: that is told much faster. */
const PLAIN = /^[ -~]*$/;

/**
 * JSON on one line that can be shown anywhere: every character that is not simply visible is written as an escape,
 * which means the same to a parser.
 */
export function safeJson(value: unknown): string {
  const json = JSON.stringify(value);
  if (PLAIN.test(json)) return json;
  return json.replaceAll(
    UNSAFE,
    (found) =>
      found.replaceAll(
        /[^]/g,
        (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`,
      ),
  );
}

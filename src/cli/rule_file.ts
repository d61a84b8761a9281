import type { ConfigSource } from "../config/config.ts";

/**
 * The file that a rule for good is written into. Null where there is none of our own: the home folder may be
 * another program's.
 */
export function ruleFile(source: ConfigSource): string | null {
  if (source.file !== undefined) return source.file;
  return source.foreignKeys === true ? null : source.homeFile ?? null;
}

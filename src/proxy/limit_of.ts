import type { ProtocolError, ProtocolFault } from "../net/errors.ts";
import type { LimitName } from "./limits.ts";

/** The limit that a peer came to with what it sent; null for every other fault. What took too long is known elsewhere. */
export function limitOf({ code }: ProtocolError): LimitName | null {
  return LIMITS[code] ?? null;
}

const LIMITS: Partial<Record<ProtocolFault, LimitName>> = {
  head_too_large: "headBytes",
  request_line_too_long: "requestLineBytes",
  too_many_fields: "headFields",
};

import type { ConfigFault } from "../../config/errors.ts";
import type { Notice } from "../../config/config.ts";
import { formatOrigin } from "../../policy/rule.ts";
import { type Line, paint } from "./terminal.ts";

/** A warning of a configuration, with its place. */
export function noticeLine(notice: Notice): Line {
  return warningLine(`${formatOrigin(notice.origin)}: ${notice.message}`);
}

/** A warning. */
export function warningLine(text: string): Line {
  return [paint("warning", "doorward: warning: "), text];
}

/** A fault in the form that editors and compilers share: `file:line:column: message`. */
export function faultText(fault: ConfigFault): string {
  return `${formatOrigin(fault.origin)}: ${fault.message}`;
}

import { domainToASCII, domainToUnicode } from "node:url";

/**
 * Whether every A-label decodes to a label that encodes to it again (RFC 5891 section 5.4). Node's URLs take any: one
 * that cannot be decoded stays as it is.
 */
export function hasValidALabels(name: string): boolean {
  if (!name.includes("xn--")) return true;
  const decoded = domainToUnicode(name);
  if (decoded.split(".").some((label) => label.startsWith("xn--"))) return false;
  return domainToASCII(decoded) === name;
}

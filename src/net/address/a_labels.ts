/** Whether every A-label decodes to a label that encodes to it again (RFC 5891 section 5.4). */
export function hasValidALabels(name: string): boolean {
  if (!name.includes("xn--")) return true;
  return URL.parse(`http://${name}/`)?.hostname === name;
}

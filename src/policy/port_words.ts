import type { Rule } from "./rule.ts";

/** More than these would hide the rest of the sentence. */
const PORTS_SHOWN = 8;

/** Says for what rules hold: "on port 443 only", "on ports 80 and 443 only", "over https_connect only". */
export function formatReach(rules: readonly Rule[]): string {
  const protocols = [...new Set(rules.map((rule) => rule.protocol))];
  if (!protocols.includes(undefined)) return `over ${protocols.join(", ")} only`;
  return formatPorts(rules);
}

function formatPorts(rules: readonly Rule[]): string {
  const ports = [...new Set(rules.map((rule) => rule.pattern.port))]
    .filter((port) => port !== null)
    .sort((a, b) => a - b)
    .map(String);
  const shown = ports.length > PORTS_SHOWN
    ? [...ports.slice(0, PORTS_SHOWN), `${ports.length - PORTS_SHOWN} more`]
    : ports;
  if (shown.length === 1) return `on port ${shown[0]} only`;
  return `on ports ${shown.slice(0, -1).join(", ")} and ${shown.at(-1)} only`;
}

/**
 * The narrowest pattern of a rule that allows a host on a port: one of the web allows the name whole, since what
 * is asked for on one of its two ports is soon asked for on the other.
 *
 * @param host a name, or an address without brackets
 */
export function narrowestPattern(host: string, port: number): string {
  const bracketed = host.includes(":") ? `[${host}]` : host;
  return port === 80 || port === 443 ? bracketed : `${bracketed}:${port}`;
}

/** How many hosts each proxy allows; the origin is one of them. */
const HOSTS = 50;
const ORIGIN = "127.0.0.1";

/** The hosts that every proxy of the bench allows, and nothing else. */
export function policyHosts(): readonly string[] {
  const others = Array.from({ length: HOSTS - 1 }, (_, i) => `service-${i + 1}.example.com`);
  return [...others, ORIGIN];
}

/** Doorward with the policy, all else as it comes. */
export function doorwardConfig(
  port: number,
  socksPort: number,
  hosts: readonly string[],
): string {
  return `[network]
enabled = true
proxy_url = "http://127.0.0.1:${port}"
enable_socks5 = true
socks_url = "http://127.0.0.1:${socksPort}"
allowed_domains = ${JSON.stringify(hosts)}
`;
}

/** Squid with the policy: nothing cached, nothing logged, nothing asked of DNS, no helpers. */
export function squidConfig(folder: string, port: number, hosts: readonly string[]): string {
  return `http_port 127.0.0.1:${port}
visible_hostname bench
acl allowed dstdomain -n ${hosts.join(" ")}
http_access allow allowed
http_access deny all
cache deny all
access_log none
cache_store_log none
cache_log /dev/null
coredump_dir ${folder}
pid_filename none
pinger_enable off
hosts_file none
dns_nameservers 127.0.0.1
shutdown_lifetime 0 seconds
`;
}

/** Tinyproxy with the filter that stands beside the file. */
export function tinyproxyConfig(folder: string, port: number): string {
  return `Listen 127.0.0.1
Port ${port}
MaxClients 1024
Timeout 600
Filter "${folder}/filter"
FilterDefaultDeny Yes
LogFile "${folder}/log"
LogLevel Critical
`;
}

/** The policy as tinyproxy wants it: a regular expression a line. */
export function tinyproxyFilter(hosts: readonly string[]): string {
  return hosts.map((host) => `^${host.replaceAll(".", "\\.")}$\n`).join("");
}

/**
 * Dante with as many rules, for addresses: it would ask DNS for names. The origin stands last here too, and
 * the rule behind it is for the request for an association, which names no destination.
 */
export function danteConfig(port: number): string {
  const others = Array.from({ length: HOSTS - 1 }, (_, i) => `192.0.2.${i + 1}`);
  const rules = [...others, ORIGIN].map((address) =>
    `socks pass { from: 127.0.0.1/32 to: ${address}/32 }\n`
  );
  return `errorlog: stderr
internal: 127.0.0.1 port = ${port}
external: 127.0.0.1
clientmethod: none
socksmethod: none
client pass { from: 127.0.0.1/32 to: 127.0.0.1/32 }
${rules.join("")}socks pass { from: 127.0.0.1/32 to: 0.0.0.0/32 command: udpassociate }
`;
}

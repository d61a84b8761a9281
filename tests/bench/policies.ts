import type { Ports } from "./contenders.ts";

/** How many hosts each proxy allows; the origin is one of them. */
const HOSTS = 50;
const ORIGIN = "127.0.0.1";
/** The origin once more, by the name that it has in the rows of interception. */
const INTERCEPTED = "localhost";

/** The hosts that every proxy of the bench allows, and nothing else. */
export function policyHosts(): readonly string[] {
  const others = Array.from({ length: HOSTS - 1 }, (_, i) => `service-${i + 1}.example.com`);
  return [...others, ORIGIN];
}

/** Doorward with the policy, all else as it comes; what is said with `localhost` inside TLS it sees and decides. */
export function doorwardConfig(
  { http, socks }: Ports,
  hosts: readonly string[],
  originCaFile: string,
): string {
  return `[network]
enabled = true
proxy_url = "http://127.0.0.1:${http}"
enable_socks5 = true
socks_url = "http://127.0.0.1:${socks}"
allowed_domains = ${JSON.stringify([...hosts, INTERCEPTED])}
mitm = true
upstream_ca_file = ${JSON.stringify(originCaFile)}

[network.rules]
"${INTERCEPTED}" = {}
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

/** What squid needs to look into TLS. */
export interface SslBumpPlace {
  readonly folder: string;
  readonly port: number;
  /** The program that makes certificates. */
  readonly helper: string;
  readonly originCaFile: string;
}

/** Squid with the policy, an authority of its own beside the file, and every tunnel looked into. */
export function sslBumpConfig(
  { folder, port, helper, originCaFile }: SslBumpPlace,
  hosts: readonly string[],
): string {
  const listener = `http_port 127.0.0.1:${port}`;
  const bumping = "ssl-bump generate-host-certificates=on dynamic_cert_mem_cache_size=4MB " +
    `tls-cert=${folder}/ca.pem tls-key=${folder}/ca.key`;
  return squidConfig(folder, port, [...hosts, INTERCEPTED])
    .replace(listener, `${listener} ${bumping}`)
    .replace("hosts_file none", "hosts_file /etc/hosts") +
    `sslcrtd_program ${helper}
sslcrtd_children 2 startup=2 idle=1
tls_outgoing_options cafile=${originCaFile}
acl hello at_step SslBump1
ssl_bump peek hello
ssl_bump bump all
`;
}

/** A program for mockttp: everything passes, by an authority that it makes. It has no policy. */
export function mockttpScript(folder: string, port: number, originCaFile: string): string {
  return `import { writeFileSync } from "node:fs";
import { generateCACertificate, getLocal } from "mockttp";
const https = await generateCACertificate();
writeFileSync(${JSON.stringify(`${folder}/ca.pem`)}, https.cert);
const server = getLocal({ https, http2: true });
await server.forAnyRequest().thenPassThrough({
  additionalTrustedCAs: [{ certPath: ${JSON.stringify(originCaFile)} }],
});
await server.start(${port});
`;
}

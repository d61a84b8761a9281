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

/**
 * As many as are asked for, the origin last. The names are short: 100,000 of them have to fit into the mebibyte that
 * a configuration of Doorward may be long.
 */
export function manyHosts(count: number): readonly string[] {
  const others = Array.from(
    { length: count - 1 },
    (_, i) => `${i.toString(36).padStart(4, "x")}.de`,
  );
  return [...others, ORIGIN];
}

/** Squid with the policy and a log of requests: nothing cached, nothing asked of DNS, no helpers. */
export function squidConfig(folder: string, port: number, hosts: readonly string[]): string {
  return `http_port 127.0.0.1:${port}
visible_hostname bench
acl allowed dstdomain -n ${hosts.join(" ")}
http_access allow allowed
http_access deny all
cache deny all
access_log stdio:/dev/null squid
buffered_logs on
cache_store_log none
cache_log /dev/null
coredump_dir ${folder}
pid_filename none
pinger_enable off
hosts_file none
dns_nameservers 127.0.0.1
shutdown_lifetime 0 seconds
max_filedescriptors 20000
`;
}

/** Tinyproxy with the filter that stands beside the file. */
export function tinyproxyConfig(folder: string, port: number): string {
  return `Listen 127.0.0.1
Port ${port}
MaxClients 10240
Timeout 600
Filter "${folder}/filter"
FilterDefaultDeny Yes
LogFile "${folder}/log"
LogLevel Connect
`;
}

/** The policy as tinyproxy wants it: a regular expression a line. */
export function tinyproxyFilter(hosts: readonly string[]): string {
  return hosts.map((host) => `^${host.replaceAll(".", "\\.")}$\n`).join("");
}

/** HAProxy as a forward proxy for plain HTTP, the only kind it can be, with the file of hosts that stands beside. */
export function haproxyConfig(folder: string, port: number): string {
  return `defaults
  mode http
  timeout connect 10s
  timeout client 600s
  timeout server 600s
frontend entrance
  bind 127.0.0.1:${port}
  http-request deny deny_status 403 unless { req.hdr(host),field(1,:) -f ${folder}/hosts }
  http-request set-dst url_ip
  http-request set-dst-port url_port
  http-request set-uri %[pathq]
  default_backend anywhere
backend anywhere
  http-reuse always
  server any 0.0.0.0:0
`;
}

/**
 * Dante with as many rules, for addresses: it would ask DNS for names. The origin stands last here too, and
 * the rule behind it is for the request for an association, which names no destination.
 */
export function danteConfig(folder: string, port: number): string {
  const others = Array.from({ length: HOSTS - 1 }, (_, i) => `192.0.2.${i + 1}`);
  const rules = [...others, ORIGIN].map((address) =>
    `socks pass { from: 127.0.0.1/32 to: ${address}/32 log: connect disconnect }\n`
  );
  return `errorlog: stderr
logoutput: ${folder}/log
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

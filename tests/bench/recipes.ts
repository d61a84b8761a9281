// How each proxy is run; what it allows stands in policies.ts.
import type { ContenderName } from "./contenders.ts";
import { doorwardRecipe } from "./doorward_recipe.ts";
import { MOCKTTP, PROXY_CHAIN, SANDBOX_RUNTIME } from "./node_recipes.ts";
import {
  danteConfig,
  haproxyConfig,
  policyHosts,
  squidConfig,
  sslBumpConfig,
  tinyproxyConfig,
  tinyproxyFilter,
} from "./policies.ts";
import { findProgram, succeeds } from "./programs.ts";
import { debian, type Place, type Recipe } from "./recipe.ts";

/** All of them. */
export const RECIPES: Readonly<Record<Exclude<ContenderName, "direct">, Recipe>> = {
  relay: {
    program: "bench-relay",
    remedy: "it is compiled by the bench",
    args: ({ ports }: Place) => Promise.resolve([String(ports.http)]),
  },
  doorward: doorwardRecipe(),
  squid: {
    program: "squid",
    remedy: debian("squid"),
    versionArgs: ["-v"],
    async args({ folder, ports }: Place): Promise<readonly string[]> {
      const file = `${folder}/squid.conf`;
      await Deno.writeTextFile(file, squidConfig(folder, ports.http, policyHosts()));
      return ["-N", "-f", file];
    },
  },
  tinyproxy: {
    program: "tinyproxy",
    remedy: debian("tinyproxy"),
    versionArgs: ["-v"],
    async args({ folder, ports }: Place): Promise<readonly string[]> {
      const file = `${folder}/tinyproxy.conf`;
      await Deno.writeTextFile(`${folder}/filter`, tinyproxyFilter(policyHosts()));
      await Deno.writeTextFile(file, tinyproxyConfig(folder, ports.http));
      return ["-d", "-c", file];
    },
  },
  haproxy: {
    program: "haproxy",
    remedy: debian("haproxy"),
    versionArgs: ["-v"],
    async args({ folder, ports }: Place): Promise<readonly string[]> {
      const file = `${folder}/haproxy.cfg`;
      await Deno.writeTextFile(`${folder}/hosts`, `${policyHosts().join("\n")}\n`);
      await Deno.writeTextFile(file, haproxyConfig(folder, ports.http));
      return ["-db", "-f", file];
    },
  },
  "sandbox-runtime": SANDBOX_RUNTIME,
  "proxy-chain": PROXY_CHAIN,
  dante: {
    program: "danted",
    remedy: debian("dante-server"),
    versionArgs: ["-v"],
    async args({ folder, ports }: Place): Promise<readonly string[]> {
      const file = `${folder}/danted.conf`;
      await Deno.writeTextFile(file, danteConfig(folder, ports.socks));
      return ["-f", file, "-p", `${folder}/pid`];
    },
  },
  microsocks: {
    program: "microsocks",
    remedy: debian("microsocks"),
    versionArgs: ["-h"],
    isLoud: true,
    args: ({ ports }: Place) => Promise.resolve(["-i", "127.0.0.1", "-p", String(ports.socks)]),
  },
  "doorward-mitm": doorwardRecipe({ isIntercepting: true }),
  mitmproxy: {
    program: "mitmdump",
    remedy: debian("mitmproxy"),
    versionArgs: ["--version"],
    // Bodies go through as they come, as they do elsewhere; it would keep them whole.
    args: ({ folder, ports, originCaFile }: Place) =>
      Promise.resolve([
        ...["--quiet", "--listen-host", "127.0.0.1", "--listen-port", String(ports.http)],
        ...["--set", `confdir=${folder}`, "--set", "flow_detail=0"],
        ...["--set", "stream_large_bodies=1m"],
        ...["--set", `ssl_verify_upstream_trusted_ca=${originCaFile}`],
      ]),
    caFile: ({ folder }) => `${folder}/mitmproxy-ca-cert.pem`,
  },
  mockttp: MOCKTTP,
  "ssl-bump": {
    program: "squid",
    remedy: debian("squid-openssl"),
    versionArgs: ["-v"],
    versionHas: "--with-openssl",
    async args({ folder, ports, program, originCaFile }: Place): Promise<readonly string[] | null> {
      const helper = program.replace(/\/sbin\/[^/]*$/, "/lib/squid/security_file_certgen");
      const openssl = await findProgram("openssl");
      if (openssl === null || !await succeeds(openssl, NEW_AUTHORITY, folder)) return null;
      const file = `${folder}/squid.conf`;
      const config = sslBumpConfig(
        { folder, port: ports.http, helper, originCaFile },
        policyHosts(),
      );
      await Deno.writeTextFile(file, config);
      return ["-N", "-f", file];
    },
    caFile: ({ folder }) => `${folder}/ca.pem`,
  },
  "rules-10": doorwardRecipe({ hosts: 10 }),
  "rules-1000": doorwardRecipe({ hosts: 1000 }),
  "rules-100000": doorwardRecipe({ hosts: 100_000 }),
  "no-audit": doorwardRecipe({ isUnaudited: true }),
  "two-workers": doorwardRecipe({ workers: 2 }),
};

/** What makes an authority for who has none of its own. */
const NEW_AUTHORITY = [
  ...["req", "-x509", "-nodes", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256"],
  ...["-days", "1", "-subj", "/CN=bench", "-out", "ca.pem", "-keyout", "ca.key"],
  ...["-addext", "basicConstraints=critical,CA:TRUE", "-addext", "keyUsage=critical,keyCertSign"],
];

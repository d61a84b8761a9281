// How each proxy is run; what it allows stands in policies.ts.
import { doorwardWords } from "../support/doorward_cli.ts";
import type { ContenderName, Ports } from "./contenders.ts";
import {
  danteConfig,
  doorwardConfig,
  mockttpScript,
  policyHosts,
  squidConfig,
  sslBumpConfig,
  tinyproxyConfig,
  tinyproxyFilter,
} from "./policies.ts";
import { findProgram, succeeds } from "./programs.ts";

/** The version of mockttp that is fetched. */
const MOCKTTP = "mockttp@4";

/** Where a proxy runs. */
export interface Place {
  /** Its own; there is nothing but what the recipe has put there. */
  readonly folder: string;
  readonly ports: Ports;
  readonly program: string;
  /** The file of who signed the origin's certificate. */
  readonly originCaFile: string;
}

/** How to run a proxy. */
export interface Recipe {
  readonly program: string;
  /** How to come by it. */
  readonly remedy: string;
  readonly versionArgs: readonly string[];
  /** What it says of its version when it is built with what is needed here. */
  readonly versionHas?: string;
  /** Its version, where the program is not what is measured. */
  readonly version?: (place: Place) => Promise<string>;
  /** What it is started with; null where something of it cannot be had. */
  readonly args: (place: Place) => Promise<readonly string[] | null>;
  readonly env?: (place: Place) => Readonly<Record<string, string>>;
  /** Where the certificate of who signs for it is, once it accepts. */
  readonly caFile?: (place: Place) => string;
  readonly hasTwoPorts?: true;
  /** Whether it says so much on standard error that to read it would cost more than to write it. */
  readonly isLoud?: true;
}

/** All of them. */
export const RECIPES: Readonly<Record<Exclude<ContenderName, "direct">, Recipe>> = {
  doorward: {
    program: Deno.execPath(),
    remedy: "it is here",
    versionArgs: doorwardWords("doorward", ["version"]).slice(1),
    hasTwoPorts: true,
    async args({ folder, ports, originCaFile }: Place): Promise<readonly string[]> {
      const file = `${folder}/doorward.toml`;
      await Deno.writeTextFile(file, doorwardConfig(ports, policyHosts(), originCaFile));
      return doorwardWords("start", ["--config", file]).slice(1);
    },
    env: ({ folder }) => ({ DOORWARD_HOME: folder }),
    caFile: ({ folder }) => `${folder}/proxy/ca.pem`,
  },
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
  dante: {
    program: "danted",
    remedy: debian("dante-server"),
    versionArgs: ["-v"],
    async args({ folder, ports }: Place): Promise<readonly string[]> {
      const file = `${folder}/danted.conf`;
      await Deno.writeTextFile(file, danteConfig(ports.socks));
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
  mockttp: {
    program: "node",
    remedy: "it takes node and npm, which fetches it",
    versionArgs: ["--version"],
    async version({ folder }: Place): Promise<string> {
      const path = `${folder}/node_modules/mockttp/package.json`;
      return `mockttp ${JSON.parse(await Deno.readTextFile(path)).version}`;
    },
    async args({ folder, ports, originCaFile }: Place): Promise<readonly string[] | null> {
      const npm = await findProgram("npm");
      const words = ["install", "--no-save", "--ignore-scripts", "--no-audit", "--no-fund"];
      if (npm === null || !await succeeds(npm, [...words, MOCKTTP], folder)) return null;
      const file = `${folder}/start.mjs`;
      await Deno.writeTextFile(file, mockttpScript(folder, ports.http, originCaFile));
      return [file];
    },
    caFile: ({ folder }) => `${folder}/ca.pem`,
  },
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
};

/** What makes an authority for who has none of its own. */
const NEW_AUTHORITY = [
  ...["req", "-x509", "-nodes", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256"],
  ...["-days", "1", "-subj", "/CN=bench", "-out", "ca.pem", "-keyout", "ca.key"],
  ...["-addext", "basicConstraints=critical,CA:TRUE", "-addext", "keyUsage=critical,keyCertSign"],
];

function debian(name: string): string {
  return `on Debian: apt install --no-install-recommends ${name}`;
}

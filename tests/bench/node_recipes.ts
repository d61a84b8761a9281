// Proxies that are libraries for node: each is fetched into a folder of the bench, and run by a few lines.
import type { Place, Recipe } from "./recipe.ts";
import { policyHosts } from "./policies.ts";
import { findProgram, succeeds } from "./programs.ts";

/** One that is fetched. */
interface NodePackage {
  readonly name: string;
  readonly version: string;
  readonly script: (place: Place) => string;
  readonly caFile?: Recipe["caFile"];
}

/** Takes HTTP and SOCKS5 at one port, as Claude Code has it: its policy is a list that is looked through. */
export const SANDBOX_RUNTIME = nodeRecipe({
  name: "@anthropic-ai/sandbox-runtime",
  version: "0.0.78",
  script: sandboxRuntimeScript,
});

/** Its policy is a set of names. */
export const PROXY_CHAIN = nodeRecipe({
  name: "proxy-chain",
  version: "3",
  script: proxyChainScript,
});

/** Everything passes, by an authority that it makes. It has no policy. */
export const MOCKTTP = nodeRecipe({
  name: "mockttp",
  version: "4",
  script: mockttpScript,
  caFile: ({ folder }) => `${folder}/ca.pem`,
});

function nodeRecipe({ name, version, script, caFile }: NodePackage): Recipe {
  return {
    program: "node",
    remedy: "it takes node and npm, which fetches it",
    async version({ folder }: Place): Promise<string> {
      const path = `${folder}/node_modules/${name}/package.json`;
      return `${name} ${JSON.parse(await Deno.readTextFile(path)).version}`;
    },
    async args(place: Place): Promise<readonly string[] | null> {
      const { folder } = place;
      const npm = await findProgram("npm");
      const words = ["install", "--no-save", "--ignore-scripts", "--no-audit", "--no-fund"];
      if (npm === null || !await succeeds(npm, [...words, `${name}@${version}`], folder)) {
        return null;
      }
      const file = `${folder}/start.mjs`;
      await Deno.writeTextFile(file, script(place));
      return [file];
    },
    ...(caFile === undefined ? {} : { caFile }),
  };
}

/** Put together as the package itself does, which also wants a sandbox; nobody has to show who they are. */
function sandboxRuntimeScript({ folder, ports }: Place): string {
  const inside = `${folder}/node_modules/@anthropic-ai/sandbox-runtime/dist/sandbox`;
  return `import { matchesDomainPatternWithPort } from "${inside}/domain-pattern.js";
import { createHttpProxyServer } from "${inside}/http-proxy.js";
import { createMuxProxyServer } from "${inside}/mux-proxy.js";
import { canonicalizeHost } from "${inside}/parent-proxy.js";
import { createSocksProxyServer } from "${inside}/socks-proxy.js";
const allowed = ${JSON.stringify(policyHosts())};
const filter = (port, host) => {
  const canonical = canonicalizeHost(host) ?? host;
  return allowed.some((pattern) => matchesDomainPatternWithPort(canonical, port, pattern));
};
const socks = createSocksProxyServer({ filter });
const mux = createMuxProxyServer({
  httpServer: createHttpProxyServer({ filter }),
  handleSocksConnection: (socket) => socks.handleConnection(socket),
});
await mux.listenHttpBackend();
mux.server.listen(${ports.http}, "127.0.0.1");
`;
}

function proxyChainScript({ ports }: Place): string {
  return `import { RequestError, Server } from "proxy-chain";
const allowed = new Set(${JSON.stringify(policyHosts())});
const server = new Server({
  host: "127.0.0.1",
  port: ${ports.http},
  prepareRequestFunction({ hostname }) {
    if (!allowed.has(hostname)) throw new RequestError("Forbidden", 403);
  },
});
await server.listen();
`;
}

function mockttpScript({ folder, ports, originCaFile }: Place): string {
  return `import { writeFileSync } from "node:fs";
import { generateCACertificate, getLocal } from "mockttp";
const https = await generateCACertificate();
writeFileSync(${JSON.stringify(`${folder}/ca.pem`)}, https.cert);
const server = getLocal({ https, http2: true });
await server.forAnyRequest().thenPassThrough({
  additionalTrustedCAs: [{ certPath: ${JSON.stringify(originCaFile)} }],
});
await server.start(${ports.http});
`;
}

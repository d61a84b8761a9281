// The certificate authority as its own files and processes: what openssl and real clients make of it.
import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import type { TlsIdentity } from "../../src/net/tls_identity.ts";
import { type Authority, authorityOf } from "../../src/tls/authority.ts";
import { certificatesIn } from "../../src/tls/pem.ts";
import { makeAuthority } from "../support/authority.ts";
import { type Needed, testClient } from "../support/client_world.ts";
import { curl, pythonWith } from "../support/clients.ts";
import { doorward } from "../support/doorward_cli.ts";
import { host } from "../support/host.ts";
import { runProgram, whereIs } from "../support/programs.ts";
import { makeScratch, type Scratch } from "../support/scratch.ts";
import { greet, startWebOrigin } from "../support/web_origin.ts";

const MITM = ["-c", "network.mitm=true"];
const OPENSSL: Needed = { name: "openssl", program: whereIs("openssl"), wanted: "openssl" };
const LONG_NAME = `${"a".repeat(40)}.${"b".repeat(40)}.test`;

/** The authority that a Doorward of its own process made. */
async function madeByDoorward(scratch: Scratch): Promise<{ ca: string; authority: Authority }> {
  const { stdout, code } = await doorward(["ca", "path"], scratch);
  assertEquals(code, 0);
  const ca = stdout.trimEnd();
  return { ca, authority: await opened(ca, ca.replace(/\.pem$/, ".key")) };
}

async function opened(certificateFile: string, keyFile: string): Promise<Authority> {
  const certificate = await Deno.readTextFile(certificateFile);
  const authority = await authorityOf(
    { certificate, key: await Deno.readTextFile(keyFile) },
    Date.now,
  );
  if ("kind" in authority) throw new Error(authority.why);
  return authority;
}

/** The variables that point clients at the bundle, without those that lead to a proxy. */
async function trusting(scratch: Scratch): Promise<Record<string, string>> {
  const { stdout } = await doorward(["env", "--json", ...MITM], scratch);
  const variables = Object.entries<string>(JSON.parse(stdout));
  const ours = variables.filter(([, value]) => /ca-bundle-|^system,/.test(value));
  assert(ours.length > 10);
  return Object.fromEntries(ours);
}

async function openssl(scratch: Scratch, ...words: readonly string[]) {
  return await runProgram(["openssl", ...words], scratch);
}

for (const name of ["api.example.com", LONG_NAME, "192.0.2.1", "[2001:db8::1]"]) {
  testClient(OPENSSL, `openssl verifies the certificate of ${name}, strictly`, async () => {
    await using scratch = await makeScratch();
    const { ca, authority } = await madeByDoorward(scratch);
    const leaf = await scratch.write("leaf.pem", (await authority.identityFor(host(name))).chain);
    const isAddress = /^[[\d]/.test(name);
    const verify = (asked: string) =>
      openssl(
        scratch,
        ...["verify", "-x509_strict", "-purpose", "sslserver", "-CAfile", ca],
        ...["-no-CApath", "-no-CAstore", isAddress ? "-verify_ip" : "-verify_hostname", asked],
        leaf,
      );
    const right = await verify(name.replace(/^\[|\]$/g, ""));
    assertEquals([right.code, right.stdout], [0, `${leaf}: OK\n`], right.stderr);
    const other = isAddress ? "192.0.2.2" : `x.${name}`;
    assertEquals((await verify(other)).code, 2);
  });
}

testClient(OPENSSL, "openssl reads in the certificates what their profile says", async () => {
  await using scratch = await makeScratch();
  const { ca, authority } = await madeByDoorward(scratch);
  const { chain } = await authority.identityFor(host("api.example.com"));
  const leaf = await scratch.write("leaf.pem", chain);
  const text = async (file: string) =>
    (await openssl(scratch, "x509", "-in", file, "-noout", "-text", "-nameopt", "RFC2253")).stdout;
  const [caText, leafText] = [await text(ca), await text(leaf)];
  const identifier = /Subject Key Identifier: \n +([0-9A-F:]+)\n/.exec(caText)![1]!;
  for (
    const part of [
      "Version: 3 (0x2)",
      "Signature Algorithm: ecdsa-with-SHA256",
      "X509v3 Basic Constraints: critical\n                CA:TRUE, pathlen:0\n",
      "X509v3 Key Usage: critical\n                Certificate Sign, CRL Sign\n",
      "NIST CURVE: P-256",
    ]
  ) assertStringIncludes(caText, part);
  for (
    const part of [
      "Subject: CN=api.example.com\n",
      "X509v3 Basic Constraints: critical\n                CA:FALSE\n",
      "X509v3 Key Usage: critical\n                Digital Signature\n",
      "X509v3 Extended Key Usage: \n                TLS Web Server Authentication\n",
      "X509v3 Subject Alternative Name: \n                DNS:api.example.com\n",
      `X509v3 Authority Key Identifier: \n                ${identifier}\n`,
    ]
  ) assertStringIncludes(leafText, part);
  assertMatch(leafText, /Serial Number:\n +[4-7][0-9a-f](:[0-9a-f]{2}){15}\n/);
  const lasts = async (file: string, days: number) =>
    (await openssl(scratch, "x509", "-in", file, "-noout", "-checkend", `${days * 86_400}`)).code;
  // Less than what Apple and the browsers take, and no less than a day short of it.
  assertEquals([await lasts(leaf, 88), await lasts(leaf, 90)], [0, 1]);
  assertEquals([await lasts(ca, 819), await lasts(ca, 821)], [0, 1]);
});

/** Clients that ask a server for a name, wherever that is, with their exit code as the answer. */
const CLIENTS: readonly (Needed & {
  words(program: string, name: string, port: number): readonly string[];
})[] = [
  {
    ...curl,
    words: (curl, name, port) => [
      curl,
      "-sSf",
      "--noproxy",
      "*",
      "--resolve",
      `${name}:${port}:127.0.0.1`,
      `https://${name}:${port}/hello`,
    ],
  },
  {
    name: "Python, strictly",
    program: pythonWith("ssl"),
    wanted: "python3",
    words: (python, name, port) => [
      python,
      "-c",
      `import socket, ssl, sys
context = ssl.create_default_context()
context.verify_flags |= ssl.VERIFY_X509_STRICT
with socket.create_connection(("127.0.0.1", int(sys.argv[2]))) as tcp:
    context.wrap_socket(tcp, server_hostname=sys.argv[1]).close()`,
      name,
      `${port}`,
    ],
  },
  {
    name: "Node",
    program: whereIs("node"),
    wanted: "node",
    words: (node, name, port) => [
      node,
      "-e",
      `const [name, port] = process.argv.slice(1);
const socket = require("node:tls").connect({ host: "127.0.0.1", port, servername: name });
socket.on("secureConnect", () => process.exit(0)).on("error", () => process.exit(1));`,
      name,
      `${port}`,
    ],
  },
  {
    name: "Deno",
    program: Deno.execPath(),
    wanted: "deno",
    words: (deno, name, port) => [
      deno,
      "eval",
      `const [hostname, port] = Deno.args;
const tcp = await Deno.connect({ hostname: "127.0.0.1", port: Number(port) });
const tls = await Deno.startTls(tcp, { hostname });
await tls.handshake();
tls.close();`,
      name,
      `${port}`,
    ],
  },
];

for (const client of CLIENTS) {
  testClient(
    client,
    `${client.name} trusts what the authority signs for a name, and no other`,
    async (program) => {
      await using scratch = await makeScratch();
      const { authority } = await madeByDoorward(scratch);
      const env = { ...scratch.env, ...await trusting(scratch) };
      for (const name of ["api.example.com", LONG_NAME]) {
        await using server = serve(await authority.identityFor(host(name)));
        const words = client.words(program, name, server.port);
        const ended = await runProgram(words, { env });
        assertEquals(ended.code, 0, ended.stderr);
        const other = client.words(program, "www.example.com", server.port);
        assert((await runProgram(other, { env })).code !== 0);
        assert((await runProgram(words, { env: scratch.env })).code !== 0);
      }
    },
  );
}

testClient(OPENSSL, "an authority that openssl made signs as Doorward's own does", async () => {
  await using scratch = await makeScratch();
  const { caFile } = await makeAuthority(["DNS:localhost"], scratch);
  const keyFile = caFile.replace(/\.pem$/, ".key");
  await scratch.configure(`[network]
mitm = true
mitm_ca = { certificate_file = "${caFile}", private_key_file = "${keyFile}" }
`);
  const shown = JSON.parse((await doorward(["ca", "show", "--json"], scratch)).stdout);
  assertEquals([shown.subject, shown.owner], ["CN=test authority", "user"]);
  const authority = await opened(caFile, keyFile);
  const leaf = await scratch.write("leaf.pem", (await authority.identityFor(host("a.test"))).chain);
  // Not strictly: the authority itself would not pass.
  const verified = await openssl(
    scratch,
    ...["verify", "-purpose", "sslserver", "-CAfile", caFile, leaf],
  );
  assertEquals(verified.stdout, `${leaf}: OK\n`, verified.stderr);
});

Deno.test("run and env have clients trust one bundle, which outlives them", async () => {
  await using scratch = await makeScratch();
  const { authority } = await madeByDoorward(scratch);
  const env = await trusting(scratch);
  const printed = await doorward(
    ["run", "-q", ...MITM, "--", Deno.execPath(), "eval", "console.log(Deno.env.get('PIP_CERT'))"],
    scratch,
  );
  assertEquals(printed.stdout, `${env["PIP_CERT"]}\n`, printed.stderr);
  const bundle = certificatesIn(await Deno.readTextFile(env["PIP_CERT"]!));
  assertEquals(bundle.at(-1), authority.certificate);
  assert(bundle.length > 50);
});

Deno.test("run inside of what env printed trusts the same bundle: nothing piles up", async () => {
  await using scratch = await makeScratch();
  const env = await trusting(scratch);
  const { stdout } = await doorward(["env", "--json", ...MITM], scratch, { env });
  assertEquals(JSON.parse(stdout).SSL_CERT_FILE, env["SSL_CERT_FILE"]);
});

Deno.test("start and run say what is wrong with the authority, and do not begin", async () => {
  await using scratch = await makeScratch();
  const { ca } = await madeByDoorward(scratch);
  await Deno.remove(ca);
  for (const words of [["start", ...MITM], ["run", ...MITM, "--", "echo", "began"]]) {
    const { code, stdout, stderr } = await doorward(words, scratch);
    assertEquals([code, stdout], [125, ""]);
    assertStringIncludes(stderr, `doorward: ${ca}: cannot use the certificate authority of `);
    assertStringIncludes(stderr, "both the certificate and the key must exist");
  }
});

/** Serves HTTPS with this identity. */
function serve({ chain, key }: TlsIdentity) {
  return startWebOrigin(greet, {
    hostname: "127.0.0.1",
    certificate: { cert: chain, key, file: "" },
  });
}

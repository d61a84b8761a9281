// The compiler of TypeScript, in a folder with all that it needs.

/** As in `deno.json`; and what is newer than the oldest Node that the package is for is not there. */
const OPTIONS = {
  strict: true,
  exactOptionalPropertyTypes: true,
  noUncheckedIndexedAccess: true,
  noImplicitOverride: true,
  target: "ES2022",
  lib: ["ES2024", "ES2025.Iterator", "ES2025.Collection", "ESNext.Array", "ESNext.Disposable"],
  types: ["node"],
  module: "NodeNext",
  verbatimModuleSyntax: true,
  rewriteRelativeImportExtensions: true,
  skipLibCheck: true,
  rootDir: "src",
  outDir: "dist",
  declaration: true,
  sourceMap: true,
  inlineSources: true,
  noEmitOnError: true,
};

/** Names that programs find everywhere, and that the types of Node keep to themselves. */
const GLOBALS = `import type { webcrypto } from "node:crypto";
declare global {
  type CryptoKey = webcrypto.CryptoKey;
  type CryptoKeyPair = webcrypto.CryptoKeyPair;
}
`;

/** Installs the packages that the `package.json` of the folder names. */
export async function installPackages(folder: string): Promise<void> {
  await deno(["install", "--quiet", "--node-modules-dir=auto"], folder);
}

/** Compiles `src` into `dist`. Rejects with what the compiler says. */
export async function compile(folder: string, entry: string): Promise<void> {
  const settings = { compilerOptions: OPTIONS, files: [entry, "globals.d.ts"] };
  await Deno.writeTextFile(`${folder}/globals.d.ts`, GLOBALS);
  await Deno.writeTextFile(`${folder}/tsconfig.json`, JSON.stringify(settings));
  await deno(["run", "--quiet", "--no-prompt", "-A", "npm:typescript/tsc", "-p", "."], folder);
}

async function deno(args: readonly string[], cwd: string): Promise<void> {
  const command = new Deno.Command(Deno.execPath(), {
    args: [...args],
    cwd,
    env: { DENO_NO_UPDATE_CHECK: "1", NO_COLOR: "1" },
    stdin: "null",
  });
  const { success, stdout, stderr } = await command.output();
  if (success) return;
  const text = new TextDecoder();
  throw new Error(`deno ${args[0]} failed\n${text.decode(stdout)}${text.decode(stderr)}`.trim());
}

import type { AuthorityFiles } from "../config/authority_files.ts";
import { readAuthorityPem } from "../config/authority_pem.ts";
import { loadConfig } from "../config/config.ts";
import { type CertificateFacts, certificateFacts } from "../tls/certificate_facts.ts";
import type { CaCommand } from "./argv/command.ts";
import { configSource } from "./config_source.ts";
import { EXIT } from "./exit_code.ts";
import { authorityFilesOf, openOrMake } from "../library/open_authority.ts";
import { installHints } from "./printed/install_hints.ts";
import { likelyShell } from "../library/env/shell_quote.ts";
import { printProse } from "./printed/prose.ts";
import { type Line, paint } from "./printed/terminal.ts";
import type { Surroundings } from "./surroundings.ts";

/** `doorward ca`: the certificate authority by which HTTPS is looked into. */
export async function ca(command: CaCommand, here: Surroundings): Promise<number> {
  const files = authorityFilesOf(await loadConfig(await configSource(command.policy, here)));
  switch (command.action) {
    case "path":
      return await path(command, files, here);
    case "show":
      return await show(command, files, here);
    case "install-hint":
      return await installHint(command, files, here);
  }
}

async function path(
  { json }: CaCommand,
  files: AuthorityFiles,
  here: Surroundings,
): Promise<number> {
  await openOrMake(files, here);
  const { certificateFile } = files;
  here.terminal.out.line(
    json ? JSON.stringify({ certificate_file: certificateFile }) : certificateFile,
  );
  return EXIT.done;
}

async function show(
  { json }: CaCommand,
  files: AuthorityFiles,
  here: Surroundings,
): Promise<number> {
  const { out, err } = here.terminal;
  const { owner, certificateFile, keyFile } = files;
  if (owner === "doorward" && await readAuthorityPem(files) === null) {
    if (json) {
      out.line("null");
      return EXIT.no;
    }
    err.line(`doorward: There is no certificate authority in ${certificateFile} yet`);
    err.line('  "doorward ca path" makes one, and so does what needs it');
    return EXIT.no;
  }
  const { subject, fingerprint, notBefore, notAfter } = await factsOf(files, here);
  if (json) {
    out.line(JSON.stringify({
      subject,
      fingerprint_sha256: fingerprint,
      not_before: notBefore,
      not_after: notAfter,
      certificate_file: certificateFile,
      private_key_file: keyFile,
      owner,
    }));
    return EXIT.done;
  }
  out.line(subject);
  out.line(`  SHA-256      ${fingerprint}`);
  out.line(`  valid        ${notBefore.slice(0, 10)} to ${notAfter.slice(0, 10)}`);
  out.line(`  certificate  ${certificateFile}`);
  out.line(`  private key  ${keyFile}`);
  out.line(`  made by      ${owner === "doorward" ? "Doorward" : "you (network.mitm_ca)"}`);
  return EXIT.done;
}

async function factsOf(files: AuthorityFiles, here: Surroundings): Promise<CertificateFacts> {
  const { certificate } = await openOrMake(files, here);
  const facts = await certificateFacts(certificate);
  if (facts === null) throw new Error(`Cannot tell what is in ${files.certificateFile}`);
  return facts;
}

async function installHint(
  { json }: CaCommand,
  files: AuthorityFiles,
  here: Surroundings,
): Promise<number> {
  const { out } = here.terminal;
  const facts = await factsOf(files, here);
  const shell = likelyShell(here.env, here.os);
  const hints = installHints(here.os, { ...facts, ...files }, shell);
  if (json) {
    out.line(JSON.stringify({ certificate_file: files.certificateFile, hints }));
    return EXIT.done;
  }
  const commands = (lines: readonly string[]) =>
    lines.map((line): Line => ["  ", paint("copy", line)]);
  printProse(out, [
    ["What runs in doorward run, or after doorward env, trusts it already: nothing is to be installed."],
    ["For other programs, and for as long as you want them to trust it:"],
    ...hints.flatMap(({ where, trust, undo }): readonly Line[] => [
      [],
      [`${where}:`],
      ...commands(trust),
      ["  and to undo it:"],
      ...commands(undo),
    ]),
    [],
    [`Whoever can read ${files.keyFile} can pose as any server to what trusts it.`],
  ]);
  return EXIT.done;
}

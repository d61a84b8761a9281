import { type Shell, shellQuote } from "../../library/env/shell_quote.ts";

/** How one kind of program is made to trust a certificate, and not to trust it any more. */
export interface InstallHint {
  /** What it is for. */
  readonly where: string;
  /** Command lines. */
  readonly trust: readonly string[];
  readonly undo: readonly string[];
}

/** The certificate that is to be trusted. */
export interface HintedCertificate {
  readonly certificateFile: string;
  readonly subject: string;
}

/** What the certificate is called where it is installed. */
const NAME = "doorward";

/** How to have this system, and the programs that do not ask the system, trust a certificate. */
export function installHints(
  os: typeof Deno.build.os,
  { certificateFile, subject }: HintedCertificate,
  shell: Shell,
): readonly InstallHint[] {
  const file = shellQuote(certificateFile, shell);
  if (os === "windows") {
    return [
      windows(file, shellQuote(subject.replace(/^CN=/, ""), shell)),
      firefox(os, file),
      java(file),
    ];
  }
  if (os === "darwin") return [macos(file), firefox(os, file), java(file)];
  return [debian(file), fedora(file), chromium(file), firefox(os, file), java(file)];
}

function debian(file: string): InstallHint {
  const installed = `/usr/local/share/ca-certificates/${NAME}.crt`;
  return {
    where: "Debian, Ubuntu, Alpine",
    trust: [`sudo cp ${file} ${installed}`, "sudo update-ca-certificates"],
    undo: [`sudo rm ${installed}`, "sudo update-ca-certificates --fresh"],
  };
}

function fedora(file: string): InstallHint {
  const installed = `/etc/pki/ca-trust/source/anchors/${NAME}.pem`;
  return {
    where: "Fedora, RHEL (Arch, SUSE: trust anchor)",
    trust: [`sudo cp ${file} ${installed}`, "sudo update-ca-trust"],
    undo: [`sudo rm ${installed}`, "sudo update-ca-trust"],
  };
}

function chromium(file: string): InstallHint {
  const base = 'certutil -d sql:"$HOME/.pki/nssdb"';
  return {
    where: "Chromium, Chrome (certutil is in libnss3-tools or nss-tools)",
    trust: [`${base} -A -t C,, -n ${NAME} -i ${file}`],
    undo: [`${base} -D -n ${NAME}`],
  };
}

function firefox(os: typeof Deno.build.os, file: string): InstallHint {
  if (os !== "linux") {
    return {
      where: "Firefox",
      trust: ["about:config, security.enterprise_roots.enabled = true: it asks the system then"],
      undo: ["the same with false"],
    };
  }
  const base = "certutil -d sql:PROFILE";
  return {
    where: "Firefox (PROFILE: the folder that about:profiles names)",
    trust: [`${base} -A -t C,, -n ${NAME} -i ${file}`],
    undo: [`${base} -D -n ${NAME}`],
  };
}

function macos(file: string): InstallHint {
  const keychain = '"$HOME/Library/Keychains/login.keychain-db"';
  return {
    where: "macOS (Safari, Chrome, curl)",
    trust: [`security add-trusted-cert -r trustRoot -k ${keychain} ${file}`],
    undo: [`security remove-trusted-cert ${file}`],
  };
}

function windows(file: string, name: string): InstallHint {
  return {
    where: "Windows (Edge, Chrome)",
    trust: [`certutil -user -addstore Root ${file}`],
    undo: [`certutil -user -delstore Root ${name}`],
  };
}

function java(file: string): InstallHint {
  return {
    where: "Java (its own store; the password is changeit)",
    trust: [`keytool -importcert -cacerts -noprompt -alias ${NAME} -file ${file}`],
    undo: [`keytool -delete -cacerts -alias ${NAME}`],
  };
}

import { assert, assertEquals } from "@std/assert";
import { installHints } from "../../../src/cli/printed/install_hints.ts";

const CERTIFICATE = {
  certificateFile: "/home/me/my files/ca.pem",
  subject: "CN=Doorward local authority 12345678",
};

/** What each system has besides Java. */
const STORES: readonly (readonly [typeof Deno.build.os, readonly string[]])[] = [
  ["linux", ["Debian", "Fedora", "Chromium", "Firefox"]],
  ["darwin", ["macOS", "Firefox"]],
  ["windows", ["Windows", "Firefox"]],
];

for (const [os, stores] of STORES) {
  Deno.test(`installHints() knows the stores of ${os}, and how to undo each`, () => {
    const shell = os === "windows" ? "powershell" : "sh";
    const hints = installHints(os, CERTIFICATE, shell);
    assertEquals(hints.map(({ where }) => where.split(/[ ,]/)[0]), [...stores, "Java"]);
    for (const { trust, undo } of hints) assert(trust.length > 0 && undo.length > 0);
  });
}

Deno.test("installHints() quotes the path for the shell", () => {
  const lines = installHints("linux", CERTIFICATE, "sh").flatMap(({ trust, undo }) => [
    ...trust,
    ...undo,
  ]);
  const naming = lines.filter((line) => line.includes("ca.pem"));
  assert(naming.length > 3);
  assertEquals(naming.filter((line) => !line.includes("'/home/me/my files/ca.pem'")), []);
});

Deno.test("installHints() removes by the name that the certificate has", () => {
  const [windows] = installHints("windows", CERTIFICATE, "powershell");
  assertEquals(windows!.undo, [
    "certutil -user -delstore Root 'Doorward local authority 12345678'",
  ]);
});

/** Every line for a store, in the order in which they are run: to trust, and to undo it. */
const LINES: readonly (readonly [typeof Deno.build.os, string, readonly string[]])[] = [
  ["linux", "Debian, Ubuntu, Alpine", [
    "sudo cp /a.pem /usr/local/share/ca-certificates/NAME.crt",
    "sudo update-ca-certificates",
    "sudo rm /usr/local/share/ca-certificates/NAME.crt",
    "sudo update-ca-certificates --fresh",
  ]],
  ["linux", "Fedora, RHEL (Arch, SUSE: trust anchor)", [
    "sudo cp /a.pem /etc/pki/ca-trust/source/anchors/NAME.pem",
    "sudo update-ca-trust",
    "sudo rm /etc/pki/ca-trust/source/anchors/NAME.pem",
    "sudo update-ca-trust",
  ]],
  ["linux", "Chromium, Chrome (certutil is in libnss3-tools or nss-tools)", [
    'certutil -d sql:"$HOME/.pki/nssdb" -A -t C,, -n NAME -i /a.pem',
    'certutil -d sql:"$HOME/.pki/nssdb" -D -n NAME',
  ]],
  ["darwin", "macOS (Safari, Chrome, curl)", [
    'security add-trusted-cert -r trustRoot -k "$HOME/Library/Keychains/login.keychain-db" /a.pem',
    "security remove-trusted-cert /a.pem",
  ]],
  ["darwin", "Firefox", [
    "about:config, security.enterprise_roots.enabled = true: it asks the system then",
    "the same with false",
  ]],
  ["windows", "Windows (Edge, Chrome)", [
    "certutil -user -addstore Root /a.pem",
    "certutil -user -delstore Root 'Doorward local authority 12345678'",
  ]],
];

for (const [os, store, lines] of LINES) {
  Deno.test(`installHints() knows what to run on ${os} for ${store}`, () => {
    const shell = os === "windows" ? "powershell" : "sh";
    const hints = installHints(os, { ...CERTIFICATE, certificateFile: "/a.pem" }, shell);
    const hint = hints.find(({ where }) => where === store)!;
    const named = lines.map((line) => line.replace("NAME", "doorward"));
    assertEquals([...hint.trust, ...hint.undo], named);
  });
}

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

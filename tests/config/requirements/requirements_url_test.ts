import { assertEquals, assertInstanceOf } from "@std/assert";
import {
  isUrl,
  parseRequirementsUrl,
  printableUrl,
} from "../../../src/config/requirements/requirements_url.ts";

/** Words of a command line, and whether a URL is meant. */
const WORDS: readonly (readonly [string, boolean])[] = [
  ["https://policy.test/r.toml", true],
  ["HTTP://policy.test/", true],
  ["ftp://policy.test/", true],
  ["requirements.toml", false],
  ["/etc/r.toml", false],
  ["C:\\r.toml", false],
  ["C:/r.toml", false],
];

for (const [text, expected] of WORDS) {
  Deno.test(`isUrl() of ${text} is ${expected}`, () => {
    assertEquals(isUrl(text), expected);
  });
}

for (const text of ["https://policy.test/r.toml?token=1", " https://127.0.0.1:8443/ "]) {
  Deno.test(`parseRequirementsUrl() takes "${text}"`, () => {
    const url = parseRequirementsUrl(text);
    assertInstanceOf(url, URL);
    assertEquals(url.href, text.trim());
  });
}

/** Text that is refused, and why. */
const REFUSED: readonly (readonly [string, string])[] = [
  ["http://policy.test/", "requirements are fetched over https only: write https://"],
  ["http://127.0.0.1/", "requirements are fetched over https only: write https://"],
  ["ftp://policy.test/", "requirements are fetched over https only: write https://"],
  ["https://", "it is no URL such as https://example.com/requirements.toml"],
  ["https://a b/", "it is no URL such as https://example.com/requirements.toml"],
  ["https:\\\\policy.test", "it is no URL such as https://example.com/requirements.toml"],
  [
    "https://me:secret@policy.test/",
    "it holds credentials, which are not sent: remove what stands before the @",
  ],
  [`https://policy.test/${"x".repeat(8000)}`, "it is longer than 8000 characters"],
];

for (const [text, why] of REFUSED) {
  Deno.test(`parseRequirementsUrl() refuses ${text.slice(0, 40)}`, () => {
    assertEquals(parseRequirementsUrl(text), { kind: "bad", why });
  });
}

Deno.test("printableUrl() shows no query, no fragment and no credentials", () => {
  const url = new URL("https://me:secret@policy.test:8443/a/r.toml?token=secret#secret");
  assertEquals(printableUrl(url), "https://…@policy.test:8443/a/r.toml?…");
  assertEquals(printableUrl(new URL("https://policy.test")), "https://policy.test/");
});

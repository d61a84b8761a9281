import { assertEquals, assertRejects } from "@std/assert";
import { questionDetails } from "../../../src/cli/ask/question_details.ts";
import { ConnectError } from "../../../src/net/errors.ts";
import type { Resolver } from "../../../src/net/ports.ts";
import { ip } from "../../support/policy.ts";
import { aQuestion } from "./a_question.ts";

const RULE = '  allowing it makes the rule "https_connect://api.example.com:443"; ' +
  "a deny rule, or a local address, still blocks it";

function answering(...ips: readonly string[]): Resolver {
  return () => Promise.resolve(ips.map(ip));
}

Deno.test("questionDetails() tells the rule, and where the name leads", async () => {
  const lookups: string[] = [];
  const resolve: Resolver = (name) => {
    lookups.push(name);
    return Promise.resolve([ip("93.184.216.34"), ip("10.0.0.1")]);
  };
  const explain = questionDetails(resolve);
  // Not before somebody wants to know: to look a name up tells it to whoever serves it.
  assertEquals(lookups, []);
  assertEquals(await explain(aQuestion({ pattern: "https_connect://api.example.com:443" })), [
    RULE,
    "  it resolves to 93.184.216.34, a public address",
    "  it resolves to 10.0.0.1, a private address",
  ]);
  assertEquals(lookups, ["api.example.com"]);
});

Deno.test("questionDetails() looks no address up", async () => {
  const explain = questionDetails(() => Promise.reject(new Error("This test looks nothing up")));
  for (const host of ["93.184.216.34", "2606:4700::1111", "[2606:4700::1111]"]) {
    assertEquals((await explain(aQuestion({ host }))).length, 1, host);
  }
});

Deno.test("questionDetails() tells eight addresses and counts the rest", async () => {
  const many = Array.from({ length: 11 }, (_, at) => `93.184.216.${at}`);
  const lines = await questionDetails(answering(...many))(aQuestion());
  assertEquals(lines.slice(8), ["  it resolves to 93.184.216.7, a public address", "  and 3 more"]);
  const eight = await questionDetails(answering(...many.slice(0, 8)))(aQuestion());
  assertEquals(eight.length, 9);
});

Deno.test("questionDetails() says that a name does not resolve", async () => {
  const failing = () => Promise.reject(new ConnectError("dns_failure", "Cannot resolve it"));
  const lines = await questionDetails(failing)(aQuestion());
  assertEquals(lines.slice(1), ["  it does not resolve: Cannot resolve it"]);
});

Deno.test("questionDetails() does not hide a bug", async () => {
  const explain = questionDetails(() => Promise.reject(new TypeError("bug")));
  await assertRejects(() => explain(aQuestion()), TypeError, "bug");
});

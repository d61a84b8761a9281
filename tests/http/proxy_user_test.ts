import { assertEquals } from "@std/assert";
import { field } from "../../src/http/fields.ts";
import { proxyUser } from "../../src/http/proxy_user.ts";

function of(value: string): string | null {
  return proxyUser([field("Accept", "*/*"), field("Proxy-Authorization", value)]);
}

function basic(userInfo: string): string {
  return `Basic ${btoa(userInfo)}`;
}

Deno.test("proxyUser() reads the name in front of the first colon", () => {
  assertEquals(of(basic("alice:")), "alice");
  assertEquals(of(basic("alice:a password")), "alice");
  assertEquals(of(basic("alice")), "alice");
  assertEquals(of(basic("alice:b:c")), "alice");
  assertEquals(of(basic(":secret")), "");
});

Deno.test("proxyUser() minds neither the case of the scheme nor a second space", () => {
  assertEquals(of(`bAsIc ${btoa("alice:")}`), "alice");
  assertEquals(of(`Basic   ${btoa("alice:")}`), "alice");
});

Deno.test("proxyUser() is null without the header", () => {
  assertEquals(proxyUser([]), null);
  assertEquals(proxyUser([field("Authorization", basic("alice:"))]), null);
});

Deno.test("proxyUser() is null for any other credentials", () => {
  const others = [
    "Basic",
    "Basic ",
    "Basic *not*base64*",
    `Bearer ${btoa("alice:")}`,
    `Basic ${btoa("alice:")} more`,
    "",
  ];
  for (const value of others) assertEquals(of(value), null, value);
});

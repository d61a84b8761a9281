import { assertEquals } from "@std/assert";
import { parseUserInfo } from "../../src/config/user_info.ts";

Deno.test("parseUserInfo() decodes the user and the password, in front of and behind the first colon", () => {
  const read = (text: string) => parseUserInfo(text, "http");
  assertEquals(read("me:pw"), { user: "me", password: "pw" });
  assertEquals(read("me"), { user: "me", password: "" });
  assertEquals(read(":pw"), { user: "", password: "pw" });
  assertEquals(read("m%40e:p:w%3A%C3%A4"), { user: "m@e", password: "p:w:ä" });
  assertEquals(read(""), null);
});

Deno.test("parseUserInfo() refuses what cannot be said to a proxy, and repeats none of it", () => {
  const table: readonly (readonly [string, "http" | "socks5"])[] = [
    ["s3cret%:pw", "http"],
    ["me:s3cret%ff", "http"],
    ["me%3As3cret:pw", "http"],
    ["me:s3cret%0A", "http"],
    [`me:s3cret${"a".repeat(4096)}`, "http"],
    [`me:s3cret${"a".repeat(250)}`, "socks5"],
  ];
  for (const [text, kind] of table) {
    const read = parseUserInfo(text, kind);
    assertEquals(read !== null && "kind" in read && !read.why.includes("s3cret"), true, text);
  }
});

Deno.test("parseUserInfo() lets a SOCKS5 user have a colon, and 255 bytes", () => {
  const user = "a".repeat(255);
  assertEquals(parseUserInfo(`m%3Ae:${user}`, "socks5"), { user: "m:e", password: user });
});

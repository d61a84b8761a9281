import { assertEquals } from "@std/assert";
import { clampListen, type Listener } from "../../src/config/clamp_listen.ts";
import { formatSocketAddress } from "../../src/net/address/endpoint.ts";
import { parseIp } from "../../src/net/address/ip.ts";

const LISTENERS = [
  { name: "HTTP proxy", overrideKey: "dangerously_allow_non_loopback_proxy", port: 3128 },
  { name: "SOCKS5 proxy", overrideKey: "dangerously_allow_non_loopback_proxy", port: 8081 },
  { name: "admin API", overrideKey: "dangerously_allow_non_loopback_admin", port: 8080 },
] as const;

function clamp(
  listener: Omit<Listener, "address" | "allowNonLoopback"> & { readonly port: number },
  ip: string,
  allowNonLoopback: boolean,
  unixSocketsAllowed = false,
): [string, string | null] {
  const address = { ip: parseIp(ip)!, port: listener.port };
  const clamped = clampListen({ ...listener, allowNonLoopback, address }, unixSocketsAllowed);
  return [formatSocketAddress(clamped.address), clamped.notice];
}

for (const listener of LISTENERS) {
  const { name, overrideKey, port } = listener;

  for (const ip of ["127.0.0.1", "127.8.9.10"]) {
    Deno.test(`clampListen() leaves ${name} on ${ip}`, () => {
      assertEquals(clamp(listener, ip, false), [`${ip}:${port}`, null]);
      assertEquals(clamp(listener, ip, true), [`${ip}:${port}`, null]);
    });
  }

  Deno.test(`clampListen() leaves ${name} on ::1`, () => {
    assertEquals(clamp(listener, "::1", false), [`[::1]:${port}`, null]);
  });

  for (const ip of ["0.0.0.0", "192.168.1.2", "1.2.3.4"]) {
    Deno.test(`clampListen() brings ${name} from ${ip} to loopback`, () => {
      assertEquals(clamp(listener, ip, false), [
        `127.0.0.1:${port}`,
        `${name} listens on 127.0.0.1:${port}, not on ${ip}:${port}: ` +
        `only "${overrideKey} = true" lets it leave loopback`,
      ]);
    });

    Deno.test(`clampListen() leaves ${name} on ${ip} when its key says so`, () => {
      assertEquals(clamp(listener, ip, true), [
        `${ip}:${port}`,
        `DANGEROUS: ${name} listening on non-loopback address ${ip}:${port}`,
      ]);
    });

    Deno.test(`clampListen() keeps ${name} on loopback while unix sockets are allowed, not on ${ip}`, () => {
      assertEquals(clamp(listener, ip, true, true), [
        `127.0.0.1:${port}`,
        `${name} listens on 127.0.0.1:${port}, not on ${ip}:${port}: unix sockets are allowed`,
      ]);
    });
  }
}

for (const ip of ["::", "2001:db8::1", "::ffff:127.0.0.1", "64:ff9b::7f00:1"]) {
  Deno.test(`clampListen() brings ${ip} to 127.0.0.1`, () => {
    assertEquals(clamp(LISTENERS[0], ip, false)[0], "127.0.0.1:3128");
  });
}

Deno.test("clampListen() turns even ::1 into 127.0.0.1 while unix sockets are allowed", () => {
  assertEquals(clamp(LISTENERS[0], "::1", true, true), [
    "127.0.0.1:3128",
    "HTTP proxy listens on 127.0.0.1:3128, not on [::1]:3128: unix sockets are allowed",
  ]);
});

Deno.test("clampListen() says nothing where unix sockets change nothing", () => {
  assertEquals(clamp(LISTENERS[0], "127.0.0.1", true, true), ["127.0.0.1:3128", null]);
});

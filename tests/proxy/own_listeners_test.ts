import { assertEquals } from "@std/assert";
import type { SocketAddress } from "../../src/net/address/endpoint.ts";
import { machineAddresses } from "../../src/net/address/machine_addresses.ts";
import { interfacesTo, ownListeners } from "../../src/proxy/own_listeners.ts";
import { ip } from "../support/policy.ts";

const relayPorts = new Set([40_000]);
const addedPorts = new Set([41_000]);
const judge = ownListeners(
  [
    { ip: ip("127.0.0.1"), port: 3128 },
    { ip: ip("0.0.0.0"), port: 8081 },
  ],
  [ip("192.168.1.5"), ip("2001:db8::5")],
  { relayPorts, addedPorts },
);
const isOwn = (address: SocketAddress) => judge(address, "http");

// Every way in which a machine calls itself.
Deno.test("ownListeners() knows every address by which a machine reaches itself", () => {
  const table = [
    "127.0.0.1",
    "127.0.0.2",
    "127.255.255.254",
    "0.0.0.0",
    "::",
    "::1",
    "::ffff:127.0.0.1",
    "::ffff:0:127.0.0.1",
    "64:ff9b::7f00:1",
    "2002:7f00:1::",
    "192.168.1.5",
    "::ffff:192.168.1.5",
    "64:ff9b::192.168.1.5",
    "2001:db8::5",
  ];
  for (const address of table) {
    assertEquals(isOwn({ ip: ip(address), port: 3128 }), true, address);
    assertEquals(isOwn({ ip: ip(address), port: 8081 }), true, address);
  }
});

Deno.test("ownListeners() is about our ports only", () => {
  assertEquals(isOwn({ ip: ip("127.0.0.1"), port: 3129 }), false);
  assertEquals(isOwn({ ip: ip("192.168.1.5"), port: 80 }), false);
});

Deno.test("ownListeners() leaves other machines alone", () => {
  for (const address of ["192.168.1.6", "93.184.216.34", "2001:db8::6", "10.0.0.1"]) {
    assertEquals(isOwn({ ip: ip(address), port: 3128 }), false, address);
  }
});

Deno.test("ownListeners() knows the relays of now, and keeps datagrams from them", () => {
  const relay = { ip: ip("127.0.0.1"), port: 40_000 };
  assertEquals(judge(relay, "socks5_udp"), true);
  assertEquals(judge(relay, "socks5_tcp"), false);
  relayPorts.delete(40_000);
  assertEquals(judge(relay, "socks5_udp"), false);
  assertEquals(judge({ ...relay, port: 3128 }, "socks5_udp"), true);
});

Deno.test("ownListeners() knows the listeners that came later, until they are closed", () => {
  const added = { ip: ip("127.0.0.2"), port: 41_000 };
  for (const protocol of ["http", "https_connect", "socks5_tcp", "socks5_udp"] as const) {
    assertEquals(judge(added, protocol), true, protocol);
  }
  assertEquals(isOwn({ ip: ip("93.184.216.34"), port: 41_000 }), false);
  addedPorts.delete(41_000);
  assertEquals(isOwn(added), false);
});

Deno.test("interfacesTo() is every interface, but none for a listener on loopback", () => {
  assertEquals(interfacesTo([{ ip: ip("127.0.0.1"), port: 1 }]), []);
  assertEquals(interfacesTo([{ ip: ip("::1"), port: 1 }]), []);
  for (const open of ["0.0.0.0", "::", "192.168.1.5"]) {
    assertEquals(
      interfacesTo([{ ip: ip("127.0.0.1"), port: 1 }, { ip: ip(open), port: 1 }]),
      machineAddresses(),
      open,
    );
  }
});

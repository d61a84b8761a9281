import { assert, assertEquals } from "@std/assert";
import { formatIp } from "../../../src/net/address/ip.ts";
import { leadsTo, machineAddresses } from "../../../src/net/address/machine_addresses.ts";
import { ip } from "../../support/policy.ts";

Deno.test("machineAddresses() has the loopback address among them", () => {
  assert(machineAddresses().map(formatIp).includes("127.0.0.1"));
});

Deno.test("machineAddresses() reads every address, those with a zone too", () => {
  assertEquals(machineAddresses().length, Deno.networkInterfaces().length);
});

Deno.test("leadsTo() takes what is named, and loopback and unspecified in all their forms", () => {
  const isHere = leadsTo([ip("192.0.2.7")]);
  const there = ["192.0.2.7", "::ffff:192.0.2.7", "127.0.0.1", "127.9.9.9", "::1", "0.0.0.0", "::"];
  assertEquals(there.filter((text) => !isHere(ip(text))), []);
  assertEquals(["192.0.2.8", "10.0.0.1", "2001:db8::7"].filter((text) => isHere(ip(text))), []);
});

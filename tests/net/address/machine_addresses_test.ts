import { assert, assertEquals } from "@std/assert";
import { formatIp } from "../../../src/net/address/ip.ts";
import { machineAddresses } from "../../../src/net/address/machine_addresses.ts";

Deno.test("machineAddresses() has the loopback address among them", () => {
  assert(machineAddresses().map(formatIp).includes("127.0.0.1"));
});

Deno.test("machineAddresses() reads every address, those with a zone too", () => {
  assertEquals(machineAddresses().length, Deno.networkInterfaces().length);
});

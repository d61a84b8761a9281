import { assertEquals } from "@std/assert";
import { UNATTRIBUTED } from "../../../src/audit/attribution.ts";
import {
  carryPlace,
  carryRequest,
  carryRequester,
  requesterOf,
  requestOf,
} from "../../../src/proxy/workers/carried_request.ts";
import { asker } from "../../support/asker.ts";
import { connectTo, httpTo, policyOf, requestRule, socketAt } from "../../support/policy.ts";

const WANTS_HEADER = policyOf({ allow: ["a.test"] }, {
  requestRules: [requestRule("a.test GET", 1, { headers: [{ name: "x-one", values: [] }] })],
});

Deno.test("carryRequest() carries a tunnel as it is, an address in it", () => {
  for (const target of ["a.test:443", "192.0.2.1:443", "[2001:db8::1]:443"]) {
    const request = connectTo(target);
    const { document } = WANTS_HEADER;
    assertEquals(requestOf(structuredClone(carryRequest(request, document))), request);
  }
});

Deno.test("carryRequest() carries of a header what rules may ask about", () => {
  const values: Readonly<Record<string, readonly string[]>> = {
    "x-one": ["1", "2"],
    "x-two": ["3"],
  };
  const request = { ...httpTo("a.test"), header: (name: string) => values[name] ?? [] };
  const carried = structuredClone(carryRequest(request, WANTS_HEADER.document));
  const there = requestOf(carried);
  if (there.kind !== "http") throw new Error("It was one of HTTP");
  assertEquals([there.header("x-one"), there.header("x-two")], [["1", "2"], []]);
  assertEquals([there.method, there.target, there.path], [
    request.method,
    request.target,
    request.path,
  ]);
  assertEquals(WANTS_HEADER.decide(there), WANTS_HEADER.decide(request));
});

Deno.test("carryPlace() leaves out what cannot be cloned, and what no record needs", () => {
  assertEquals(structuredClone(carryPlace(httpTo("a.test"))), {
    kind: "http",
    protocol: "http",
    target: httpTo("a.test").target,
  });
  assertEquals(structuredClone(carryPlace(socketAt("/run/a.sock"))), {
    kind: "socket",
    protocol: "http",
    path: "/run/a.sock",
  });
});

Deno.test("requesterOf() has what was carried, with what is known here of the entrance", () => {
  const carried = structuredClone(carryRequester(asker({ id: 7, attempt: () => "a1" })));
  const attribution = { ...UNATTRIBUTED, label: "here" };
  const { attempt, ...rest } = requesterOf(carried, attribution);
  assertEquals(rest, {
    id: 7,
    client: "127.0.0.1:50000",
    method: "GET",
    listener: "127.0.0.1:3128",
    attribution,
  });
  assertEquals(attempt(), "a1");
});

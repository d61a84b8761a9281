import { assertEquals } from "@std/assert";
import type { PolicyDocument } from "../../src/policy/policy.ts";
import type { SocketRequest } from "../../src/policy/socket_request.ts";
import { policyOf, socketAt } from "../support/policy.ts";

/** Switches of the policy, a request, where its path leads, and the reason it is refused with. */
const SOCKETS: readonly (readonly [
  Partial<PolicyDocument>,
  Partial<SocketRequest>,
  string | null,
  string | null,
])[] = [
  [{}, {}, "/run/a.sock", "not_allowed"],
  [{ unixSockets: ["/run/a.sock"] }, {}, "/run/a.sock", null],
  [{ unixSockets: ["/run/b.sock", "/run/a.sock"] }, {}, "/run/a.sock", null],
  [{ unixSockets: ["/run/a.sock"] }, {}, "/run/b.sock", "not_allowed"],
  // What counts is where the path leads, and not what it says.
  [{ unixSockets: ["/run/b.sock"] }, {}, "/run/b.sock", null],
  [{ unixSockets: ["/run/asked.sock"] }, {}, "/run/b.sock", "not_allowed"],
  [{ unixSockets: ["/run/asked.sock"] }, {}, null, "not_allowed"],
  // Neither a folder nor a prefix, and letters count.
  [{ unixSockets: ["/run"] }, {}, "/run/a.sock", "not_allowed"],
  [{ unixSockets: ["/run/"] }, {}, "/run/a.sock", "not_allowed"],
  [{ unixSockets: ["/run/a.sock"] }, {}, "/run/a.sock2", "not_allowed"],
  [{ unixSockets: ["/run/a.sock"] }, {}, "/run/A.sock", "not_allowed"],
  [{ dangerouslyAllowAllUnixSockets: true }, {}, "/run/a.sock", null],
  [{ dangerouslyAllowAllUnixSockets: true }, {}, null, null],
  // No switch for hosts opens a socket, and a miss is never a question.
  [{ dangerouslyAllowAllDomains: true, allowLocalBinding: true }, {}, "/run/a", "not_allowed"],
  [{ ask: true }, {}, "/run/a.sock", "not_allowed"],
  [{ enabled: false, unixSockets: ["/run/a.sock"] }, {}, "/run/a.sock", "proxy_disabled"],
  [
    { enabled: false, mode: "limited", dangerouslyAllowAllUnixSockets: true },
    { method: "POST" },
    "/run/a.sock",
    "proxy_disabled",
  ],
  [{ mode: "limited", unixSockets: ["/run/a.sock"] }, {}, "/run/a.sock", null],
  [{ mode: "limited" }, { method: "POST" }, "/run/a.sock", "method_not_allowed"],
  ...[{ method: "POST" }, { hasBody: true }, { upgrades: true }, { methodOverride: "x" }].map(
    (parts) =>
      [
        { mode: "limited", dangerouslyAllowAllUnixSockets: true },
        parts,
        "/run/a.sock",
        "method_not_allowed",
      ] as const,
  ),
];

for (const [switches, parts, canonical, reason] of SOCKETS) {
  const title = JSON.stringify([switches, parts, canonical]);
  Deno.test(`decideSocket() says ${reason ?? "yes"} to ${title}`, () => {
    const policy = policyOf({ allow: ["run"] }, switches);
    const request = socketAt("/run/asked.sock", parts);
    const decided = policy.decideSocket(request, canonical);
    assertEquals([decided?.verdict ?? null, decided?.reason ?? null], [reason && "deny", reason]);
    // Before the path is resolved, the same of all that does not depend on it.
    const early = policy.decideSocketEntrance(request)?.reason ?? null;
    assertEquals(early, reason === "not_allowed" ? null : reason);
  });
}

Deno.test("decideSocket() tells each step before it answers", () => {
  const steps = (canonical: string | null, switches: Partial<PolicyDocument>) => {
    const told: string[] = [];
    policyOf({}, switches).decideSocket(
      socketAt("/run/asked.sock"),
      canonical,
      ({ question, answer }) => told.push(`${question}: ${answer}`),
    );
    return told;
  };
  const first = ["proxy: enabled", "mode: full: every method passes"];
  const listed = { unixSockets: ["/run/a.sock"] };
  assertEquals(steps("/run/a.sock", listed), [...first, "unix sockets: /run/a.sock is allowed"]);
  assertEquals(steps("/run/b.sock", listed), [...first, "unix sockets: no match"]);
  assertEquals(steps("/run/b.sock", { dangerouslyAllowAllUnixSockets: true }), [
    ...first,
    "unix sockets: all are allowed",
  ]);
});

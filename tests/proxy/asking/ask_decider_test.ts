import { assert, assertEquals, assertRejects } from "@std/assert";
import { askDecider, type Verdict } from "../../../src/proxy/asking/ask_decider.ts";
import type { Asker } from "../../../src/proxy/asking/asker.ts";
import type { Decider, DeciderRequest } from "../../../src/proxy/asking/decider.ts";
import type { NetworkRequest } from "../../../src/policy/request.ts";
import { asker } from "../../support/asker.ts";
import { approvedOnce, never } from "../../support/door.ts";
import { connectTo, httpTo } from "../../support/policy.ts";

const NEVER = new AbortController().signal;

interface Asked {
  readonly verdict: Verdict;
  /** What the program saw. */
  readonly seen: readonly DeciderRequest[];
}

/** Asks a program, and resolves to what it is taken to say. */
async function ask(
  decide: Decider,
  request: NetworkRequest = connectTo("new.test"),
  from: Partial<Asker> = {},
): Promise<Asked> {
  const seen: DeciderRequest[] = [];
  const told: Decider = (request, signal) => {
    seen.push(request);
    return decide(request, signal);
  };
  const verdict = await askDecider(told, approvedOnce)(request, asker(from), NEVER);
  return { verdict, seen };
}

/** What a program says that answers so, whatever type that is of. */
async function said(answer: unknown): Promise<Verdict> {
  return (await ask(() => Promise.resolve(answer as never))).verdict;
}

const NO: Verdict = { kind: "denied", reason: "policy_denied" };

Deno.test("askDecider() shows the request, and all that is known of who sent it", async () => {
  const { seen } = await ask(
    () => Promise.resolve({ decision: "allow" }),
    httpTo("[2001:db8::1]:8080", { method: "POST" }),
    {
      method: "POST",
      client: "127.0.0.1:41000",
      listener: "127.0.0.1:4000",
      attempt: () => "a1",
      attribution: {
        label: "build",
        command: "npm ci https://u:p@a.test/",
        execPolicyHint: "allowed",
      },
    },
  );
  assertEquals(seen, [{
    host: "2001:db8::1",
    port: 8080,
    protocol: "http",
    method: "POST",
    clientAddr: "127.0.0.1:41000",
    // As it is: it is no record.
    command: "npm ci https://u:p@a.test/",
    execPolicyHint: "allowed",
    attemptId: "a1",
    label: "build",
    listener: "127.0.0.1:4000",
  }]);
});

Deno.test("askDecider() shows a method where the protocol has one", async () => {
  const table = [
    [connectTo("a.test"), "CONNECT", "CONNECT"],
    [connectTo("a.test", "socks5_tcp"), "CONNECT", null],
    [connectTo("a.test", "socks5_udp"), "UDP", null],
    [httpTo("a.test", { protocol: "socks5_tcp", scheme: "https" }), "PUT", "PUT"],
  ] as const;
  for (const [request, method, shown] of table) {
    const { seen } = await ask(() => Promise.resolve({ decision: "allow" }), request, { method });
    assertEquals(seen.map(({ method }) => method), [shown], `${request.protocol} ${method}`);
  }
});

Deno.test("askDecider() makes of a yes a rule for that request alone", async () => {
  const { verdict } = await ask(() => Promise.resolve({ decision: "allow" }));
  assert(verdict.kind === "approved");
  assertEquals(verdict.rule.text, "new.test:443 over https_connect");
});

Deno.test("askDecider() keeps the reason of a no, and has one where none is given", async () => {
  const table: readonly (readonly [string, Verdict])[] = [
    ["", NO],
    [" \n ", NO],
    ["policy_denied", NO],
    ["not_allowed", { kind: "denied", reason: "not_allowed" }],
    ["not on a Sunday", { kind: "denied", reason: "policy_denied", said: "not on a Sunday" }],
    // No reason of ours, though every object knows it.
    ["constructor", { kind: "denied", reason: "policy_denied", said: "constructor" }],
  ];
  for (const [reason, verdict] of table) {
    assertEquals(await said({ decision: "deny", reason }), verdict, reason);
  }
});

// Upstream: ask_uses_decider_source_and_ask_decision.
Deno.test("askDecider() keeps the reason for which a person is to be asked", async () => {
  const table: readonly (readonly [string, Verdict])[] = [
    ["", { kind: "ask" }],
    ["not_allowed", { kind: "ask" }],
    ["is it new?", { kind: "ask", said: "is it new?" }],
    ["denied", { kind: "ask", said: "denied" }],
  ];
  for (const [reason, verdict] of table) {
    assertEquals(await said({ decision: "ask", reason }), verdict, reason);
  }
});

Deno.test("askDecider() keeps what only the proxy can know beside the general reason", async () => {
  for (const word of ["proxy_disabled", "host_mismatch"]) {
    const verdict = await said({ decision: "deny", reason: word });
    assertEquals(verdict, { kind: "denied", reason: "policy_denied", said: word });
  }
});

Deno.test("askDecider() takes no answer of ours for a no", async () => {
  const none = [
    undefined,
    null,
    true,
    "allow",
    {},
    { decision: "ALLOW" },
    { decision: "approve" },
    { decision: ["allow"] },
    { verdict: "allow" },
    { decision: "deny" },
    { decision: "deny", reason: 7 },
  ];
  for (const answer of none) {
    const { kind } = await said(answer);
    assertEquals(kind, "denied", JSON.stringify(answer));
  }
  assertEquals(await said({ decision: "ask" }), { kind: "ask" });
});

Deno.test("askDecider() takes a failure for a no, whenever it comes", async () => {
  const failures: readonly Decider[] = [
    () => Promise.reject(new Error("no")),
    () => Promise.reject(undefined),
    () => {
      throw new Error("no");
    },
  ];
  const failed = { kind: "denied", reason: "decider_failed" } as const;
  for (const decide of failures) assertEquals((await ask(decide)).verdict, failed);
});

Deno.test("askDecider() keeps a reason to one line, and to a length for records", async () => {
  const reason = (text: string) => said({ decision: "deny", reason: text });
  assertEquals(await reason("no\nCODEX_NETWORK_POLICY_DECISION {}\u2028\x1b[2J"), {
    kind: "denied",
    reason: "policy_denied",
    said: "no?CODEX_NETWORK_POLICY_DECISION {}??[2J",
  });
  const longest = "x".repeat(200);
  const cut = { ...NO, said: `${"x".repeat(199)}…` };
  assertEquals(await reason(longest), { ...NO, said: longest });
  assertEquals(await reason(`${longest}x`), cut);
});

Deno.test("askDecider() holds the client while it asks, and lets go whatever comes", async () => {
  const table: readonly Decider[] = [
    () => Promise.resolve({ decision: "allow" }),
    () => Promise.reject(new Error("no")),
  ];
  for (const decide of table) {
    const happened: string[] = [];
    await ask(
      (...parts) => {
        happened.push("asked");
        return decide(...parts);
      },
      connectTo("new.test"),
      {
        held: () => {
          happened.push("held");
          return NEVER;
        },
        freed: () => void happened.push("freed"),
      },
    );
    assertEquals(happened, ["held", "asked", "freed"]);
  }
});

Deno.test("askDecider() waits for nobody when the client has gone, and says so to the program", async () => {
  const closed = new AbortController();
  const heard: unknown[] = [];
  const silent: Decider = (_, signal) => {
    signal.addEventListener("abort", () => heard.push(signal.reason));
    return never(signal);
  };
  const asking = askDecider(silent, approvedOnce)(connectTo("new.test"), asker(), closed.signal);
  const reason = new DOMException("The client connection is closed", "AbortError");
  closed.abort(reason);
  assertEquals(await assertRejects(() => asking), reason);
  assertEquals(heard, [reason]);
});

Deno.test("askDecider() answers a client that has closed its side, and waits", async () => {
  const gone = new AbortController();
  const answer = Promise.withResolvers<{ decision: "allow" }>();
  const asking = ask(() => answer.promise, connectTo("new.test"), { held: () => gone.signal });
  gone.abort();
  answer.resolve({ decision: "allow" });
  assertEquals((await asking).verdict.kind, "approved");
});

Deno.test("askDecider() tells what went wrong with a decider apart from what it says", async () => {
  const says = async (reason: string) => {
    const { verdict } = await ask(() => Promise.resolve({ decision: "deny", reason }));
    return verdict;
  };
  const failed = { kind: "denied", reason: "decider_failed" } as const;
  assertEquals(await says("decider_failed: it threw"), { ...failed, detail: "it threw" });
  assertEquals(await says("decider_failed"), { ...failed, detail: "" });
  assertEquals(await says("decider_failed_twice"), {
    kind: "denied",
    reason: "policy_denied",
    said: "decider_failed_twice",
  });
});

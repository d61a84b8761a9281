import type { BlockedRecord } from "../../src/audit/blocked_record.ts";
import { AuditLog } from "../../src/audit/audit_log.ts";
import type { AuditSink } from "../../src/audit/audit_sink.ts";
import { BlockedBuffer } from "../../src/audit/blocked_buffer.ts";
import { Access, type AdminAuth } from "../../src/admin/access.ts";
import type { AdminParts, Configuration } from "../../src/admin/admin.ts";
import type { ReloadFault } from "../../src/proxy/reloaded.ts";
import { type AdminApp, createAdminApp } from "../../src/admin/app.ts";
import { readPattern } from "../../src/config/read_pattern.ts";
import { parseEndpoint, type SocketAddress } from "../../src/net/address/endpoint.ts";
import { namedReason } from "../../src/policy/decision.ts";
import type { Policy } from "../../src/policy/policy.ts";
import type { Rule } from "../../src/policy/rule.ts";
import { canonicalText } from "../../src/policy/rule_pattern.ts";
import { LimitCounter } from "../../src/proxy/limit_counter.ts";
import { DEFAULT_LIMITS } from "../../src/proxy/limits.ts";
import { LiveConnections } from "../../src/proxy/live.ts";
import type { LivePolicy } from "../../src/proxy/live_policy.ts";
import { policyOf, rule } from "../support/policy.ts";
import { makeQuestions, type TestQuestions } from "../support/questions.ts";

/** The token of the tests: as long as a real one. */
export const TOKEN = "t0ken-of-the-tests_t0ken-of-the-tests_01234";

/** Where the admin API of a test says that it listens. */
export const PORT = 8080;

/** What a test sets of its admin API. */
export interface AdminOptions {
  readonly auth?: AdminAuth;
  /** `configured.test` is allowed, `denied.test` denied, and everything else asked about, unless said otherwise. */
  readonly policy?: Policy;
  readonly listener?: string;
  readonly blocked?: readonly BlockedRecord[];
  readonly fault?: ReloadFault | null;
  readonly parts?: Partial<Omit<AdminParts, "configuration">>;
  readonly configuration?: Partial<Configuration>;
  /** Where audit records go; nowhere unless said otherwise. */
  readonly sinks?: readonly AuditSink[];
}

/** What a call sends. */
export interface CallOptions {
  readonly token?: string | null;
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent as JSON; a text or bytes as they are. */
  readonly body?: unknown;
}

/** An admin API over a proxy that serves nobody. */
export interface TestAdmin extends Disposable, Omit<TestQuestions, "answer"> {
  readonly app: AdminApp;
  readonly access: Access;
  readonly parts: AdminParts;
  readonly blocked: BlockedBuffer;
  /** How often the configuration was read again. */
  readonly reloads: number;
  /** Changes of the file: `+allow a.test`. */
  readonly written: readonly string[];
  /** Answers `METHOD /path`. */
  call(name: string, options?: CallOptions): Promise<Response>;
}

/** Makes one whose time stands still. */
export function makeAdmin(options: AdminOptions = {}): TestAdmin {
  const policy = options.policy ??
    policyOf({ allow: ["configured.test"], deny: ["denied.test"] }, { ask: true });
  const asked = makeQuestions({ policy });
  const { base: { live, clock, feed, tally }, questions } = asked;
  const blocked = new BlockedBuffer(5);
  for (const record of options.blocked ?? []) {
    const reason = namedReason(record.reason) ?? "policy_denied";
    blocked.push(record, reason);
  }
  const file = fakeFile(live, options.fault ?? null);
  const access = new Access(TOKEN, options.auth ?? "loosen");
  const diagnosed: string[] = [];
  const connections = new LiveConnections(() => clock.now(), () => {});
  const limits = new LimitCounter(DEFAULT_LIMITS, () => clock.monotonic(), (line) => {
    diagnosed.push(line);
  });
  const audit = new AuditLog({
    now: () => clock.now(),
    metadata: {},
    sinks: options.sinks ?? [],
    instance: "i1",
  });
  const parts: AdminParts = {
    proxy: {
      policy: live,
      questions,
      live: connections,
      feed,
      tally,
      limits,
      blocked,
      audit,
      connections: 2,
    },
    access,
    listener: addressOf(options.listener ?? `127.0.0.1:${PORT}`),
    version: "1.2.3",
    clock,
    explain: (target, method) => Promise.resolve({ verdict: "allow", target, method }),
    diagnose: (line) => diagnosed.push(line),
    ...options.parts,
    configuration: { ...file.configuration, ...options.configuration },
  };
  const app = createAdminApp(parts);
  return {
    ...asked,
    diagnosed,
    app,
    access,
    parts,
    blocked,
    get reloads(): number {
      return file.count.reloads;
    },
    written: file.written,
    call: (name, call) => app.answer(requestOf(name, call)),
  };
}

/** A request of the admin API of a test, as a program sends it. */
export function requestOf(name: string, options: CallOptions = {}): Request {
  const [method = "", path = ""] = name.split(" ", 2);
  const { token = null, body, headers = {} } = options;
  const bytes = body === undefined || typeof body === "string" || body instanceof Uint8Array
    ? body as string | Uint8Array<ArrayBuffer> | undefined
    : JSON.stringify(body);
  return new Request(`http://127.0.0.1:${PORT}${path}`, {
    method,
    headers: {
      host: `127.0.0.1:${PORT}`,
      ...(bytes === undefined ? {} : { "content-type": "application/json" }),
      ...(token === null ? {} : { authorization: `Bearer ${token}` }),
      ...headers,
    },
    ...(bytes === undefined ? {} : { body: bytes }),
  });
}

/** An error of the admin API: its status and its reason. */
export async function refusalOf(reply: Response): Promise<readonly [number, string]> {
  const { status, reason, message } = await reply.json();
  if (status !== "error" || typeof message !== "string") throw new Error("This is no error");
  return [reply.status, reason];
}

/** The address of `ip:port`. */
export function addressOf(text: string): SocketAddress {
  const endpoint = parseEndpoint(text, null);
  if ("kind" in endpoint || endpoint.host.kind !== "ip") throw new TypeError(`Cannot read ${text}`);
  return { ip: endpoint.host.ip, port: endpoint.port };
}

/** A configuration file without a file. */
function fakeFile(live: LivePolicy, fault: ReloadFault | null) {
  const count = { reloads: 0 };
  const written: string[] = [];
  const put = (rules: readonly Rule[]): number => live.rebase({ ...live.configured, rules });
  const configuration: Configuration = {
    network: { enabled: true, mode: "full", upstream_proxy: "…" },
    sources: ["/etc/doorward.toml"],
    loadedAt: 1_767_225_600,
    fault,
    reload: () => {
      count.reloads += 1;
      const closed = put(live.configured.rules);
      return Promise.resolve({ changed: ["allow +new.test"], closed });
    },
    parsePattern: readPattern,
    persist: (list, pattern) => {
      written.push(`+${list} ${pattern}`);
      put([...live.configured.rules, rule(list, pattern)]);
      return Promise.resolve();
    },
    withdraw: (list, pattern) => {
      written.push(`-${list} ${pattern}`);
      const isMeant = (rule: Rule) => rule.list === list && canonicalText(rule) === pattern;
      const closed = put(live.configured.rules.filter((rule) => !isMeant(rule)));
      return Promise.resolve({ changed: [], closed });
    },
  };
  return { configuration, count, written };
}

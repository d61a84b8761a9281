import { attributedBy } from "../audit/attribution.ts";
import type { AuditMetadata } from "../audit/audit_record.ts";
import { type Config, type ConfigSource, loadConfig } from "../config/config.ts";
import { configText } from "../config/config_text.ts";
import { ConfigError } from "../config/errors.ts";
import { LiveConfig } from "../config/live_config.ts";
import { formatSocketAddress } from "../net/address/endpoint.ts";
import type { PolicyDocument } from "../policy/policy.ts";
import type { Rule } from "../policy/rule.ts";
import { AdminError } from "../proxy/admin_error.ts";
import { type RunningProxy, startProxy } from "../proxy/proxy.ts";
import { type BuiltProxy, type OpenSockets, whyOff } from "./build_proxy.ts";
import { openChosen } from "./choose_decider.ts";
import { followRequirements } from "./follow_requirements.ts";
import { functionSink } from "./function_sink.ts";
import type { ProxyAddresses } from "./network_proxy.ts";
import type { ConfigObject, ProgramMetadata } from "./network_proxy_builder.ts";
import type { EnvOptions, NetworkProxyHandle } from "./network_proxy_handle.ts";
import { listenerEnv, type ListenersOf } from "./listener_env.ts";
import { closeAudit, openAudit } from "./open_audit.ts";
import { observer } from "./observer.ts";
import { openAuthority } from "./open_authority.ts";
import { proxyEnding } from "./proxy_ending.ts";
import { VERSION } from "./version.ts";
import { proxyOptions } from "./proxy_options.ts";

/** What open connections get to finish. */
const GRACE_MS = 5000;

/** Serves what was built. */
export async function runProxy(
  built: BuiltProxy,
  open: OpenSockets,
  addresses: ProxyAddresses,
): Promise<NetworkProxyHandle> {
  const { config, settings, machine } = built;
  const { onAudit, onBlocked, onDiagnostic, attribution } = settings;
  const trust = await openAuthority(config, machine);
  // Undone where something further on fails; what runs is ended by its handle.
  await using undone = new AsyncDisposableStack();
  const audit = await openAudit(config, {
    sinks: onAudit === null ? [] : [functionSink(onAudit)],
    metadata: metadataOf(settings.metadata),
    diagnose: onDiagnostic,
    print: (line) => {
      onDiagnostic(line);
      return true;
    },
  }, machine);
  undone.defer(() => closeAudit(audit));
  const decider = openChosen(built.decider, config, machine, onDiagnostic);
  undone.defer(() => decider?.close());
  const policyOf = policyWith(decider !== null);
  const proxy = startProxy(proxyOptions({
    config,
    policy: policyOf(config),
    ...open.at,
    listeners: open.listeners,
    asking: {
      holdMs: () => live.config.network.ask_hold_seconds * 1000,
      answerers: () => [],
      canBeAnswered: open.admin !== null,
      questionsMax: config.limits.questions,
      persist: (list, pattern) => live.persist(list, pattern),
    },
    decider: decider?.decide ?? null,
    audit,
    attribution,
    alsoOurs: open.admin === null ? [] : [open.admin.address],
    trust,
    record: observer(
      (blocked) => onBlocked?.(blocked),
      (error) => onDiagnostic(`Cannot tell of a blocked request: ${error}`),
    ),
    diagnose: onDiagnostic,
  }, machine));
  undone.use(proxy);
  const live = new LiveConfig({
    config,
    load: () => loadConfig(built.source),
    policyOf,
    policy: proxy.policy,
    feed: proxy.feed,
    file: null,
    now: () => machine.clock.now(),
    tell: onDiagnostic,
  });
  await showAdmin(open, proxy, live, built);
  undone.move();
  const ears = { live, tell: onDiagnostic };
  const following = followRequirements(built.imposed, ears, machine.clock, built.seen);
  const end = proxyEnding(proxy, { ...open, decider, audit, following });
  const envFor = (at: ListenersOf, options: EnvOptions = {}) => {
    const facts = { ...at, config: live.config, trust, attempt: options.attemptId ?? null };
    return listenerEnv(facts, options.inherited ?? machine.env);
  };
  return {
    addresses,
    inactive: null,
    adminToken: open.admin?.token ?? null,
    get audit() {
      return { records: proxy.audit.total, sinks: proxy.audit.sinks };
    },
    env: (options) => envFor(proxy, options),
    addListener: (part) => {
      const added = proxy.addListener(attributedBy(part, attribution));
      const { address } = added;
      const socksAddress = proxy.socksAddress === null ? null : address;
      return {
        address: formatSocketAddress(address),
        env: (options) => envFor({ address, socksAddress }, options),
        [Symbol.asyncDispose]: () => added[Symbol.asyncDispose](),
      };
    },
    blocked: (after) => proxy.blocked.after(after),
    allow: (pattern) => addRule("allow", pattern, proxy, live),
    deny: (pattern) => addRule("deny", pattern, proxy, live),
    setMode: (mode) => void proxy.policy.setMode(mode),
    replaceConfig: (next) => replaceConfig(next, built.source, live),
    wait: () => end.over,
    shutdown: (graceMs = GRACE_MS) => end.shutdown(graceMs),
    [Symbol.asyncDispose]: () => end.shutdown(0),
  };
}

/** The policy of a configuration: of one that would start no proxy, that of a proxy which is switched off. */
function policyWith(hasDecider: boolean): (config: Config) => PolicyDocument {
  return (config) => ({
    ...config.policy,
    enabled: whyOff(config) === null,
    decider: hasDecider && config.permitsDecider,
  });
}

function metadataOf(
  { conversationId, appVersion, userAccountId }: ProgramMetadata,
): AuditMetadata {
  return {
    ...(conversationId === undefined ? {} : { "conversation.id": conversationId }),
    ...(appVersion === undefined ? {} : { "app.version": appVersion }),
    ...(userAccountId === undefined ? {} : { "user.account_id": userAccountId }),
  };
}

/** Loaded for those alone who ask for it: nobody else needs a router, or a page. */
async function showAdmin(
  { admin }: OpenSockets,
  proxy: RunningProxy,
  configuration: LiveConfig,
  { config, settings, machine }: BuiltProxy,
): Promise<void> {
  if (admin === null) return;
  const [{ createAdminApp }, { Access }] = await Promise.all([
    import("../admin/app.ts"),
    import("../admin/access.ts"),
  ]);
  const app = createAdminApp({
    proxy,
    configuration,
    access: new Access(admin.token, config.network.admin_auth),
    listener: admin.address,
    version: VERSION,
    clock: machine.clock,
    explain: null,
    diagnose: settings.onDiagnostic,
  });
  admin.answerWith(app.answer);
}

async function addRule(
  list: Rule["list"],
  text: string,
  { policy }: RunningProxy,
  live: LiveConfig,
): Promise<void> {
  const pattern = await live.parsePattern(text);
  if (pattern.kind === "bad") throw new Error(`Cannot ${list} ${text}: ${pattern.why}`);
  policy.add({ list, pattern, scope: { kind: "run" }, from: "runtime" });
}

/** Reads another configuration in the place of the one before, or that one again. */
async function replaceConfig(
  next: ConfigObject | string | undefined,
  { file: _, ...rest }: ConfigSource,
  live: LiveConfig,
): Promise<void> {
  try {
    if (next === undefined) return void await live.reload();
    const toml = typeof next === "string" ? next : configText(next);
    await live.replace(() => loadConfig({ ...rest, text: { name: "config", toml } }));
  } catch (error) {
    // Whoever embeds a proxy is told as build() tells it: every fault, with its place.
    throw error instanceof AdminError && error.cause instanceof ConfigError ? error.cause : error;
  }
}

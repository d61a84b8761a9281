import { RotatingFile } from "../audit/file/rotating_file.ts";
import { violationLine } from "../audit/violation_line.ts";
import type { AuditMetadata } from "../audit/audit_record.ts";
import { postJson } from "../calls/post_json.ts";
import { type Config, loadConfig } from "../config/config.ts";
import { LiveConfig } from "../config/live_config.ts";
import type { PolicyDocument } from "../policy/policy.ts";
import type { Answerer } from "../proxy/asking/question.ts";
import { type RunningProxy, startProxy } from "../proxy/proxy.ts";
import { type BuiltProxy, type OpenSockets, whyOff } from "./build_proxy.ts";
import { webhook } from "./ask_webhook.ts";
import { handleOf } from "./handle_of.ts";
import type { Machine } from "./machine.ts";
import { openChosen } from "./choose_decider.ts";
import { followRequirements } from "./follow_requirements.ts";
import { functionSink } from "./function_sink.ts";
import type { ProxyAddresses } from "./network_proxy.ts";
import type { ProgramMetadata } from "./network_proxy_builder.ts";
import type { NetworkProxyHandle } from "./network_proxy_handle.ts";
import { closeAudit, openAudit } from "./open_audit.ts";
import { observer } from "./observer.ts";
import { openAuthority } from "./open_authority.ts";
import { proxyEnding } from "./proxy_ending.ts";
import { openWorkers } from "./workers/open_workers.ts";
import { VERSION } from "./version.ts";
import { proxyOptions } from "./proxy_options.ts";

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
  const violations = violationFile(config, machine, onDiagnostic);
  undone.defer(() => violations?.close());
  const answerers = answerersOf(config, machine);
  const policyOf = policyWith(decider !== null);
  const proxy = startProxy(proxyOptions({
    config,
    policy: policyOf(config),
    ...open.at,
    listeners: open.listeners,
    asking: {
      holdMs: () => live.config.network.ask_hold_seconds * 1000,
      answerers: () => answerers,
      canBeAnswered: open.admin !== null,
      questionsMax: config.limits.questions,
      persist: (list, pattern) => live.persist(list, pattern),
    },
    decider: decider?.decide ?? null,
    audit,
    attribution,
    alsoOurs: open.admin === null ? [] : [open.admin.address],
    trust,
    workers: await openWorkers(config, trust, machine),
    record: observer(
      (blocked) => {
        violations?.line(violationLine(blocked));
        return onBlocked?.(blocked);
      },
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
  const end = proxyEnding(proxy, { ...open, decider, audit, violations, following });
  return handleOf({ built, addresses, token: open.admin?.token ?? null, trust, proxy, live, end });
}

/** Who is asked besides those who come by the admin API. */
function answerersOf({ askWebhook }: Config, machine: Machine): readonly Answerer[] {
  return askWebhook === null ? [] : [webhook(askWebhook, postJson(machine))];
}

/** Where violation lines go; null where the configuration names no file. */
function violationFile(
  { violationFile: path }: Config,
  { clock }: Machine,
  diagnose: (line: string) => void,
): RotatingFile | null {
  return path === null ? null : new RotatingFile(path, { clock, diagnose });
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

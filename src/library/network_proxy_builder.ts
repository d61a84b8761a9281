import { attributedBy, type Attribution, UNATTRIBUTED } from "../audit/attribution.ts";
import type { AuditRecord } from "../audit/audit_record.ts";
import type { BlockedRecord } from "../audit/blocked_record.ts";
import { isMetadata } from "../config/audit_table.ts";
import type { ConfigSource } from "../config/config.ts";
import { configText } from "../config/config_text.ts";
import type { Decider } from "../proxy/asking/decider.ts";
import { FUNCTION_CONCURRENCY, FUNCTION_TIMEOUT_MS } from "./choose_decider.ts";
import type { DeciderSettings } from "./deciders/open_decider.ts";
import type { NetworkPolicyDecider } from "./network_decision.ts";
import { observer } from "./observer.ts";
import type { NetworkProxy } from "./network_proxy.ts";

/** What an embedding program says of itself; it stands in every audit record. */
export interface ProgramMetadata {
  /** `conversation.id` */
  readonly conversationId?: string;
  /** `app.version` */
  readonly appVersion?: string;
  /** `user.account_id` */
  readonly userAccountId?: string;
}

/** A configuration as a program holds it: the keys are those of the file, see docs/configuration.md. */
export type ConfigObject = Readonly<Record<string, unknown>>;

/** What a decider is given. */
export interface DeciderOptions {
  /** How long it may take to answer, in milliseconds: at most an hour, and 5 seconds unless said otherwise. */
  readonly timeoutMs?: number;
  /** How many questions may be open at once, 64 unless said otherwise; what is beyond is denied. */
  readonly concurrency?: number;
}

/** No client waits longer. */
const TIMEOUT_MS_MAX = 3_600_000;

/** What has been said to a builder. */
export interface ProxySettings {
  readonly managed: boolean;
  /** Each a URL, for `proxy_url` and its like; null leaves the configuration's. */
  readonly httpUrl: string | null;
  readonly socksUrl: string | null;
  readonly adminUrl: string | null;
  readonly adminToken: string | null;
  readonly source: Pick<ConfigSource, "text" | "file">;
  /** A file, or an https URL; null for the system's alone. */
  readonly requirements: string | null;
  readonly decider: DeciderSettings | null;
  readonly metadata: ProgramMetadata;
  readonly attribution: Attribution;
  readonly onAudit: ((record: AuditRecord) => void) | null;
  readonly onBlocked: ((record: BlockedRecord) => void) | null;
  readonly onDiagnostic: (line: string) => void;
}

/** The proxy works, and lets nothing pass but what a decider allows. */
const NO_CONFIG: ProxySettings["source"] = {
  text: { name: "default", toml: "[network]\nenabled = true\n" },
};

/**
 * Collects what a proxy is to be. Each method returns the builder; the last word counts. Nothing is read, and nothing
 * listened on, before {@linkcode NetworkProxyBuilder.build}.
 */
export class NetworkProxyBuilder {
  readonly #make: (settings: ProxySettings) => Promise<NetworkProxy>;
  #settings: ProxySettings = {
    managed: true,
    httpUrl: null,
    socksUrl: null,
    adminUrl: null,
    adminToken: null,
    source: NO_CONFIG,
    requirements: null,
    decider: null,
    metadata: {},
    attribution: UNATTRIBUTED,
    onAudit: null,
    onBlocked: null,
    onDiagnostic: () => {},
  };

  /** Made by `NetworkProxy.builder()`. */
  constructor(make: (settings: ProxySettings) => Promise<NetworkProxy>) {
    this.#make = make;
  }

  /**
   * Whether the proxy takes free ports of 127.0.0.1 (the default), or listens where it is configured to. Addresses that
   * leave loopback are kept on it unless the configuration says `dangerously_allow_non_loopback_proxy`.
   */
  managed(managed: boolean): this {
    return this.#with({ managed });
  }

  /** Where to listen for HTTP: `127.0.0.1:3128`. Only the address of a proxy that is not managed. */
  httpAddr(address: string): this {
    return this.#with({ httpUrl: `http://${address}` });
  }

  /** Where to listen for SOCKS5, as for {@linkcode NetworkProxyBuilder.httpAddr}. */
  socksAddr(address: string): this {
    return this.#with({ socksUrl: `http://${address}` });
  }

  /**
   * Opens the admin API and its dashboard, there; on a free port while the proxy is managed. Without this there is none.
   */
  adminAddr(address: string): this {
    return this.#with({ adminUrl: `http://${address}` });
  }

  /** What `Authorization: Bearer` has to say for what loosens the policy; without this it is made up anew. */
  adminToken(token: string): this {
    return this.#with({ adminToken: token });
  }

  /** The configuration: an object with the keys of the file, or the text of one (TOML). */
  config(config: ConfigObject | string): this {
    const toml = typeof config === "string" ? config : configText(config);
    return this.#with({ source: { text: { name: "config", toml } } });
  }

  /** The configuration file. It must exist; nothing else is read but the requirements. */
  configFile(file: string): this {
    return this.#with({ source: { file } });
  }

  /** What has to be obeyed besides the system's requirements: a file, or an https URL. */
  requirements(source: string): this {
    return this.#with({ requirements: source });
  }

  /**
   * Who decides about requests that no rule names. It is never asked about what is denied, what is local, or what the
   * mode forbids, and cannot change any of that.
   */
  policyDecider(decider: NetworkPolicyDecider, options: DeciderOptions = {}): this {
    const { timeoutMs = FUNCTION_TIMEOUT_MS, concurrency = FUNCTION_CONCURRENCY } = options;
    if (!(timeoutMs > 0 && timeoutMs <= TIMEOUT_MS_MAX)) {
      throw new RangeError(
        `Cannot wait ${timeoutMs} ms for a decider: it takes 1 to ${TIMEOUT_MS_MAX}`,
      );
    }
    if (!(Number.isInteger(concurrency) && concurrency > 0)) {
      throw new RangeError(`Cannot ask a decider ${concurrency} questions at once`);
    }
    const decide: Decider = async (request, signal) => await decider(request, signal);
    return this.#with({ decider: { asks: { kind: "function", decide }, timeoutMs, concurrency } });
  }

  /** What stands in every audit record: at most 256 printable characters each; anything else is a `TypeError`. */
  auditMetadata(metadata: ProgramMetadata): this {
    for (const [name, text] of Object.entries(metadata)) {
      if (text === undefined || (typeof text === "string" && isMetadata(text))) continue;
      throw new TypeError(`Cannot use this "${name}": it takes 1 to 256 printable characters`);
    }
    return this.#with({ metadata });
  }

  /**
   * Whose requests come in: a label, a command line, and what the program's own policy said of it. The label and the hint
   * are 1 to 200 printable characters; anything else is a `TypeError`.
   */
  attribution(attribution: Partial<Attribution>): this {
    return this.#with({ attribution: attributedBy(attribution, this.#settings.attribution) });
  }

  /** Told of every decision and every end, at once and in their order. It must not take long. */
  onAudit(observe: (record: AuditRecord) => void): this {
    return this.#with({ onAudit: observe });
  }

  /** Told of every blocked request. */
  onBlocked(observe: (record: BlockedRecord) => void): this {
    return this.#with({ onBlocked: observe });
  }

  /**
   * Told of Doorward's own troubles, a line each: what could not be written, who could not be asked. What it throws is
   * heard by nobody.
   */
  onDiagnostic(tell: (line: string) => void): this {
    const hear = observer(tell, () => {});
    const onDiagnostic = (line: string) => {
      try {
        hear(line);
      } catch {
        // It stands in the middle of whatever had to be told: a reload, a decider that is read.
      }
    };
    return this.#with({ onDiagnostic });
  }

  /**
   * Reads the configuration and takes the ports. Rejects with a {@linkcode ConfigError} that names every fault, or with an
   * error that names the address that could not be listened on.
   */
  async build(): Promise<NetworkProxy> {
    return await this.#make(this.#settings);
  }

  #with(change: Partial<ProxySettings>): this {
    this.#settings = { ...this.#settings, ...change };
    return this;
  }
}

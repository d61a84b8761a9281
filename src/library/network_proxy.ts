import { formatSocketAddress } from "../net/address/endpoint.ts";
import { buildProxy, type BuiltProxy } from "./build_proxy.ts";
import { type Machine, systemMachine } from "./machine.ts";
import { NetworkProxyBuilder } from "./network_proxy_builder.ts";
import { inactiveHandle, type NetworkProxyHandle } from "./network_proxy_handle.ts";
import { environment } from "./process_environment.ts";
import { runProxy } from "./run_proxy.ts";

/** Where a proxy listens: `ip:port` each. */
export interface ProxyAddresses {
  /** For HTTP, CONNECT among it. */
  readonly http: string;
  /** Null while SOCKS5 is off: no port is taken for it then. */
  readonly socks: string | null;
  /** Null unless `adminAddr()` asked for it. */
  readonly admin: string | null;
}

/**
 * A network policy proxy that has its ports, and accepts nobody yet. Disposing of it gives the ports back; once it runs,
 * that is for its handle.
 */
export class NetworkProxy implements AsyncDisposable {
  readonly #built: BuiltProxy;
  #isOver = false;

  /** Made by {@linkcode NetworkProxyBuilder.build} alone. */
  constructor(built: BuiltProxy) {
    this.#built = built;
  }

  /**
   * Begins to describe a proxy.
   *
   * @param machine the network, the time and the environment that it is to see; this machine's own, but in tests
   */
  static builder(machine?: Machine): NetworkProxyBuilder {
    return new NetworkProxyBuilder(async (settings) =>
      new NetworkProxy(await buildProxy(settings, machine ?? systemMachine(environment())))
    );
  }

  /** Where it listens; null where its configuration switches it off, and it will not. */
  get addresses(): ProxyAddresses | null {
    const { open } = this.#built;
    if (open === null) return null;
    const { listeners: [http, socks], admin } = open;
    return {
      http: formatSocketAddress(http!.listener.address),
      socks: socks === undefined ? null : formatSocketAddress(socks.listener.address),
      admin: admin === null ? null : formatSocketAddress(admin.address),
    };
  }

  /**
   * Starts to serve. Where the configuration switches the proxy off the handle is that of none, and says why.
   *
   * @throws {TypeError} when it has run, or was disposed of
   */
  async run(): Promise<NetworkProxyHandle> {
    if (this.#isOver) throw new TypeError("Cannot run this proxy again: build another");
    this.#isOver = true;
    const { open, off, settings } = this.#built;
    if (open === null) {
      settings.onDiagnostic(`${off}; skipping proxy listeners`);
      return inactiveHandle(off ?? "");
    }
    try {
      return await runProxy(this.#built, open, this.addresses!);
    } catch (error) {
      await this.#release();
      throw error;
    }
  }

  /** Gives the ports back, unless it has run. Safe to call twice. */
  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#isOver) return;
    this.#isOver = true;
    await this.#release();
  }

  async #release(): Promise<void> {
    const { open } = this.#built;
    for (const { listener } of open?.listeners ?? []) listener.close();
    await open?.admin?.close();
  }
}

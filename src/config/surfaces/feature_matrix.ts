// Who may reach the network, and whether through the proxy: the switch of the proxy beside that of the network.

/** What is known of the switches. */
export interface Switches {
  /**
   * How the network is given to commands: by a permission profile (or `[network]`), by the older sandbox modes, by
   * neither, or without any bounds (`danger-full-access`).
   */
  readonly surface: "profile" | "sandbox_mode" | "none" | "full_access";
  /** `network.enabled` of the profile, or `network_access` of the sandbox. */
  readonly network: boolean;
  /** `features.network_proxy`. */
  readonly feature: boolean;
  /** `enabled` of the requirements; null where they do not say. */
  readonly required: boolean | null;
  /** Whether the requirements ask for their denials even where there are no other bounds. */
  readonly denylistOnly: boolean;
}

/** What a configuration says of them, and not the requirements. */
export type WrittenFeature = Pick<Switches, "surface" | "network" | "feature">;

/** What comes of {@linkcode Switches}. */
export interface Switched {
  /** What a command reaches by itself: nothing, or the network, which a proxy that is on stands before. */
  readonly network: "restricted" | "enabled";
  readonly proxy: "on" | "off";
}

/**
 * The matrix of the network proxy feature. It adds bounds to a network that is enabled, and never enables one;
 * requirements start the proxy without it, and keep it off whatever it says.
 */
export function featureMatrix(switches: Switches): Switched {
  const { surface, network, feature, required, denylistOnly } = switches;
  if (surface === "full_access") {
    return { network: "enabled", proxy: denylistOnly && required !== false ? "on" : "off" };
  }
  if (required === true) return { network: "enabled", proxy: "on" };
  const isEnabled = surface !== "none" && network;
  return {
    network: isEnabled ? "enabled" : "restricted",
    proxy: isEnabled && feature && required !== false ? "on" : "off",
  };
}

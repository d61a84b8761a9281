import { assertEquals } from "@std/assert";
import type { Surface } from "../../../src/config/surfaces/base_policy.ts";
import { readFeature } from "../../../src/config/surfaces/feature.ts";
import type { Profile } from "../../../src/config/surfaces/profile.ts";
import { readSandbox } from "../../../src/config/surfaces/sandbox_mode.ts";
import { enabledIn, whyOff } from "../../../src/config/surfaces/switched_off.ts";
import { Findings } from "../../../src/config/toml/findings.ts";
import { PLACE, tableOf, where } from "../load.ts";

interface Switches {
  readonly surface: Surface;
  readonly network?: string;
  readonly flags?: string;
  /** A name, and its network. */
  readonly profile?: readonly [string, string];
  readonly sandbox?: string;
  readonly feature?: boolean;
}

function off(switches: Switches): string | null {
  const { surface, network = "", flags = "", profile, sandbox = "", feature } = switches;
  const findings = new Findings();
  const root = tableOf(sandbox);
  const selected = root.entries.get("sandbox_mode");
  const value = tableOf(`it = ${feature}`.replace(/.*undefined/, "")).entries.get("it")?.value;
  const found = whyOff({
    surface,
    network: tableOf(network),
    flags: tableOf(flags),
    profile: profile === undefined ? null : profileOf(...profile),
    sandbox: selected === undefined ? null : readSandbox(root, selected, findings),
    feature: readFeature(value, findings),
  });
  return found && `${where(found.origin)} ${found.why}`;
}

function profileOf(name: string, network: string): Profile {
  const rest = { chain: [name], description: null, filesystem: [], place: PLACE };
  return { ...rest, name, network: tableOf(network) };
}

const ON = "enabled = true";
const OFF = "\nenabled = false";
const WRITE = "sandbox_mode = 'workspace-write'\nsandbox_workspace_write.network_access =";

/** What was written, and why nothing is to be started. */
const ROWS: readonly (readonly [Switches, string | null])[] = [
  // What nobody switched off is on.
  [{ surface: "none" }, null],
  [{ surface: "network" }, null],
  [{ surface: "network", network: ON }, null],
  [{ surface: "network", network: OFF }, "2:1 network.enabled is false"],
  [{ surface: "network", network: OFF, feature: true }, "2:1 network.enabled is false"],
  [{ surface: "none", feature: true }, null],
  // A false feature is off, whatever else is written.
  [{ surface: "none", feature: false }, "1:6 features.network_proxy is false"],
  [
    { surface: "network", network: ON, flags: ON, feature: false },
    "1:6 features.network_proxy is false",
  ],
  // Flags are heard before profiles and sandboxes.
  [{ surface: "network", network: ON, flags: OFF }, "2:1 network.enabled is false"],
  [
    { surface: "profile", profile: ["p", ON], network: ON, flags: OFF },
    "2:1 network.enabled is false",
  ],
  [{ surface: "profile", profile: ["p", OFF], network: OFF, flags: ON }, null],
  [{ surface: "sandbox_mode", sandbox: `${WRITE} false`, flags: ON }, null],
  // A profile that is the policy has to give the network.
  [{ surface: "profile", profile: ["p", ON], network: ON }, null],
  [
    { surface: "profile", profile: ["p", OFF], network: OFF },
    "2:1 permissions.p.network.enabled is false",
  ],
  [
    { surface: "profile", profile: ["p", ""] },
    "1:1 permissions.p.network.enabled is not true: the profile has no network",
  ],
  [
    { surface: "profile", profile: [":workspace", ""] },
    "1:1 permissions.:workspace.network.enabled is not true: the profile has no network",
  ],
  [
    { surface: "profile", profile: [":danger-full-access", ""] },
    "1:1 :danger-full-access wants no bounds",
  ],
  // Beside [network] it has to say that there is none.
  [{ surface: "network", network: ON, profile: ["p", ""] }, null],
  [{ surface: "network", network: ON, profile: [":danger-full-access", ""] }, null],
  [
    { surface: "network", network: ON, profile: ["p", OFF] },
    "2:1 permissions.p.network.enabled is false",
  ],
  // The sandbox, where it is all there is.
  [{ surface: "sandbox_mode", sandbox: `${WRITE} true` }, null],
  [
    { surface: "sandbox_mode", sandbox: `${WRITE} false` },
    "2:42 sandbox_workspace_write.network_access is not true",
  ],
  [
    { surface: "sandbox_mode", sandbox: "sandbox_mode = 'workspace-write'" },
    "1:16 sandbox_workspace_write.network_access is not true",
  ],
  [
    { surface: "sandbox_mode", sandbox: "sandbox_mode = 'read-only'" },
    '1:16 sandbox_mode is "read-only": it has no network',
  ],
  [
    { surface: "sandbox_mode", sandbox: "sandbox_mode = 'danger-full-access'" },
    '1:16 sandbox_mode is "danger-full-access": it wants no bounds',
  ],
  [{ surface: "network", network: ON, sandbox: `${WRITE} false` }, null],
];

for (const [switches, expected] of ROWS) {
  Deno.test(`whyOff() of ${JSON.stringify(switches)}`, () => {
    assertEquals(off(switches), expected);
  });
}

Deno.test("enabledIn() reads a switch, and nothing else", () => {
  const read = (text: string) => enabledIn(tableOf(text))?.value ?? null;
  assertEquals(
    ["", "enabled = true", "enabled = false", "enabled = 'true'", "enabled = 1", "enabled = {}"]
      .map(read),
    [null, true, false, null, null, null],
  );
});

import { assertEquals } from "@std/assert";
import { featureMatrix, type Switches } from "../../../src/config/surfaces/feature_matrix.ts";

type Row = readonly [
  Switches["surface"],
  Pick<Switches, "network" | "feature"> & Partial<Switches>,
  "restricted" | "enabled",
  "on" | "off",
];

const off = { network: false, feature: false };
const on = { network: true, feature: true };
const network = { network: true, feature: false };
const feature = { network: false, feature: true };

/** A surface, its switches, the direct network, and the proxy. */
const ROWS: readonly Row[] = [
  ["profile", off, "restricted", "off"],
  ["profile", feature, "restricted", "off"],
  ["profile", network, "enabled", "off"],
  ["profile", on, "enabled", "on"],
  ["sandbox_mode", off, "restricted", "off"],
  ["sandbox_mode", feature, "restricted", "off"],
  ["sandbox_mode", network, "enabled", "off"],
  ["sandbox_mode", on, "enabled", "on"],
  // Nothing gives a network.
  ["none", feature, "restricted", "off"],
  ["none", on, "restricted", "off"],
  // Requirements start it alone, and keep it off alone.
  ["profile", { ...off, required: true }, "enabled", "on"],
  ["none", { ...off, required: true }, "enabled", "on"],
  ["profile", { ...on, required: false }, "enabled", "off"],
  ["sandbox_mode", { ...on, required: false }, "enabled", "off"],
  ["none", { ...on, required: false }, "restricted", "off"],
  // Without bounds there is nothing to stand before, but for denials that are required.
  ["full_access", on, "enabled", "off"],
  ["full_access", { ...on, required: true }, "enabled", "off"],
  ["full_access", { ...off, denylistOnly: true }, "enabled", "on"],
  ["full_access", { ...off, denylistOnly: true, required: true }, "enabled", "on"],
  ["full_access", { ...on, denylistOnly: true, required: false }, "enabled", "off"],
  // Which say nothing where there are bounds.
  ["sandbox_mode", { ...network, denylistOnly: true }, "enabled", "off"],
];

for (const [surface, switches, direct, proxy] of ROWS) {
  const row = JSON.stringify(switches);
  Deno.test(`featureMatrix() of ${surface} ${row} is ${direct}, proxy ${proxy}`, () => {
    const all = { required: null, denylistOnly: false, ...switches, surface };
    assertEquals(featureMatrix(all), { network: direct, proxy });
  });
}

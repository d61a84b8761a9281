import { adminCheck } from "./admin_check.ts";
import { authorityCheck } from "./authority_check.ts";
import type { Check } from "./check.ts";
import { clockCheck } from "./clock_check.ts";
import { configurationCheck } from "./configuration_check.ts";
import { confinementCheck } from "./confinement_check.ts";
import { dnsCheck } from "./dns_check.ts";
import { filesCheck } from "./files_check.ts";
import { portsCheck } from "./ports_check.ts";
import { requirementsCheck } from "./requirements_check.ts";
import { resourcesCheck } from "./resources_check.ts";
import { settingsCheck } from "./settings_check.ts";
import { toolsCheck } from "./tools_check.ts";
import { trustCheck } from "./trust_check.ts";
import { variablesCheck } from "./variables_check.ts";

/** Every check, in the order in which it is told. */
export const CHECKS: readonly Check[] = [
  configurationCheck,
  requirementsCheck,
  filesCheck,
  portsCheck,
  adminCheck,
  authorityCheck,
  trustCheck,
  dnsCheck,
  clockCheck,
  resourcesCheck,
  variablesCheck,
  settingsCheck,
  toolsCheck,
  confinementCheck,
];

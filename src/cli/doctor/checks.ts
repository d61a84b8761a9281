import { adminCheck } from "./admin_check.ts";
import type { Check } from "./check.ts";
import { configurationCheck } from "./configuration_check.ts";
import { portsCheck } from "./ports_check.ts";
import { requirementsCheck } from "./requirements_check.ts";

/** Every check, in the order in which it is told. */
export const CHECKS: readonly Check[] = [
  configurationCheck,
  requirementsCheck,
  portsCheck,
  adminCheck,
];

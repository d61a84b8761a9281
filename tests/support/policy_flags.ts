import type { PolicyFlags } from "../../src/cli/argv/command.ts";

/** A command line that says nothing of the policy. */
export const NO_FLAGS: PolicyFlags = {
  file: null,
  overrides: [],
  allow: [],
  deny: [],
  mode: null,
  profile: null,
  trustProject: false,
  requirements: null,
};

import type { Policy, PolicyDocument } from "./policy.ts";

/** Builds the indexes of a policy. */
export function compilePolicy(_document: PolicyDocument): Policy {
  throw new Error("not written yet");
}

import type { RequirementsPorts } from "../../src/library/requirements_source.ts";
import { FakeClock } from "../support/fake_clock.ts";

/** An environment on Linux in which there is no network. */
export function outsideOf(env: Readonly<Record<string, string>>): RequirementsPorts {
  const refuse = () => Promise.reject(new Error("Nothing is to be reached here"));
  return {
    env,
    os: "linux",
    systemFolder: null,
    clock: new FakeClock(),
    resolve: refuse,
    dial: refuse,
    startTls: refuse,
  };
}

import type { PolicyFlags } from "../../../src/cli/argv/command.ts";
import type { Check } from "../../../src/cli/doctor/check.ts";
import type { Finding } from "../../../src/cli/doctor/finding.ts";
import { ownCommand } from "../../../src/cli/doctor/own_command.ts";
import type { Instruments, Look } from "../../../src/cli/doctor/instruments.ts";
import type { Place } from "../../../src/cli/doctor/place.ts";
import type { ReadConfig } from "../../../src/cli/doctor/read_config.ts";
import type { ReadRequirements } from "../../../src/cli/doctor/read_requirements.ts";
import type { Situation } from "../../../src/cli/doctor/situation.ts";
import { loadConfig } from "../../../src/config/config.ts";
import { configHome } from "../../../src/config/config_home.ts";
import { NOTHING_REQUIRED } from "../../../src/config/requirements/loaded_requirements.ts";
import { evaluation, likelyShell } from "../../../src/library/env/shell_quote.ts";
import { Deadlines } from "../../../src/net/time/deadlines.ts";
import { NO_FLAGS } from "../../support/policy_flags.ts";
import { type FakeOptions, fakeSurroundings } from "../fake_surroundings.ts";

/** What stands at a path: text is a file of this user alone. */
export type FakeEntry =
  | string
  | (Partial<Exclude<Look, { kind: "absent" | "hidden" }>> & {
    readonly text?: string;
  })
  | { readonly kind: "hidden"; readonly why: string };

/** The user of every machine here. */
export const USER = 1000;

/** The home folder of every machine here. */
export const HOME = "/home/you/.config/doorward";

/** A disk that holds these and nothing else, on a machine where every port is free. */
export function fakeInstruments(
  files: Readonly<Record<string, FakeEntry>> = {},
  others: Partial<Instruments> = {},
): Instruments {
  const entryAt = (path: string) => files[path];
  return {
    look: (path) => Promise.resolve(lookAt(entryAt(path))),
    text: (path, bytesMax) => {
      const entry = entryAt(path);
      const text = typeof entry === "string" ? entry : (entry as { text?: string })?.text ?? null;
      return Promise.resolve(text?.slice(0, bytesMax) ?? null);
    },
    realPath: (path) => Promise.resolve(path),
    tryListen: () => null,
    freeBytes: () => Promise.resolve(null),
    user: () => USER,
    ...others,
  };
}

function lookAt(entry: FakeEntry | undefined): Look {
  if (entry === undefined) return { kind: "absent" };
  const plain = { kind: "file", isLink: false, mode: 0o600, uid: USER, changedAt: 0 } as const;
  if (typeof entry === "string") return plain;
  if (entry.kind === "hidden") return entry as Look;
  const { text: _, ...rest } = entry as Exclude<FakeEntry, string> & { text?: string };
  return { ...plain, ...rest } as Look;
}

/** What a test says of a machine; all else is well. */
export interface SituationOptions extends Omit<FakeOptions, "instruments"> {
  /** The configuration, and nobody's where it is left out. */
  readonly toml?: string;
  readonly read?: ReadConfig;
  readonly required?: Partial<ReadRequirements>;
  readonly policy?: Partial<PolicyFlags>;
  readonly files?: Readonly<Record<string, FakeEntry>>;
  readonly instruments?: Partial<Instruments>;
  readonly http?: Place;
  readonly socks?: Place | null;
  readonly admin?: Place;
}

/** Makes a machine to be looked at. */
export async function makeSituation(options: SituationOptions = {}): Promise<Situation> {
  const { toml, read, required, policy, files, instruments, http, socks, admin, ...rest } = options;
  const here = fakeSurroundings({
    cwd: () => "/project",
    ...rest,
    env: { HOME: "/home/you", ...rest.env },
  });
  const home = configHome(here.env, here.os);
  const config = await loadConfig({
    ...(toml === undefined ? {} : { text: { name: "test.toml", toml } }),
    ...(home === null ? {} : { home: home.home }),
    overrides: [],
    allow: [],
    deny: [],
  });
  const free: Place = { kind: "free" };
  const { clock } = here;
  const flags = { ...NO_FLAGS, ...policy };
  const shell = likelyShell(here.env, here.os);
  const ours = (...words: readonly string[]) => ownCommand(words, flags, shell);
  return {
    here,
    instruments: fakeInstruments(files, instruments),
    policy: flags,
    shell,
    ours,
    pointing: evaluation(ours("env"), shell),
    home,
    required: { loaded: NOTHING_REQUIRED, faults: [], kept: null, ...required },
    read: read ?? { kind: "config", config },
    config,
    deadlines: new Deadlines(clock, reportError),
    places: {
      http: Promise.resolve(http ?? free),
      socks: socks === null ? null : Promise.resolve(socks ?? free),
      admin: Promise.resolve(admin ?? free),
    },
    began: { wall: clock.now(), monotonic: clock.monotonic() },
  };
}

/** What a check finds there. */
export async function findingsOf(
  check: Check,
  situation: Situation,
): Promise<readonly Finding[]> {
  return await check.run(situation, new AbortController().signal);
}

/** A line a finding, and one for each mend, as they are told. */
export async function linesOf(check: Check, options: SituationOptions = {}): Promise<string[]> {
  const findings = await findingsOf(check, await makeSituation(options));
  return findings.flatMap(({ level, subject, found, mend }) => [
    `${level} ${subject}: ${found}`,
    ...mend.map((each) => `  ${each}`),
  ]);
}

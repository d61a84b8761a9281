import { configHome } from "../../config/config_home.ts";
import { evaluation, likelyShell } from "../../library/env/shell_quote.ts";
import { sameSocketAddress, type SocketAddress } from "../../net/address/endpoint.ts";
import type { Deadlines } from "../../net/time/deadlines.ts";
import { within } from "../../net/time/within.ts";
import type { PolicyFlags } from "../argv/command.ts";
import type { Surroundings } from "../surroundings.ts";
import { askAdmin, askProxy, askSocks } from "./ask_occupant.ts";
import type { Config } from "../../config/config.ts";
import type { Instruments } from "./instruments.ts";
import { type AskOccupant, type Place, placeAt } from "./place.ts";
import { ownCommand } from "./own_command.ts";
import { defaultConfig, inTime, readConfig } from "./read_config.ts";
import { readRequirements } from "./read_requirements.ts";
import type { Places, Situation } from "./situation.ts";

/** On one machine an answer takes milliseconds. It is less than a check has, so that silence is told as such. */
const ANSWER_MS = 1500;

const NEVER = new AbortController().signal;

/** Finds out what all checks go by: what is configured, and what is at the addresses that this names. */
export async function situate(
  policy: PolicyFlags,
  here: Surroundings,
  deadlines: Deadlines,
): Promise<Situation> {
  const began = { wall: here.clock.now(), monotonic: here.clock.monotonic() };
  const instruments = await here.instruments();
  const home = configHome(here.env, here.os);
  const required = await readRequirements(policy.requirements, here, NEVER);
  const reading = readConfig(policy, required.loaded, here);
  const read = await inTime(reading, policy.file ?? home?.file ?? ".", deadlines);
  const config = read.kind === "config"
    ? read.config
    : await defaultConfig(policy, home?.home ?? null);
  const shell = likelyShell(here.env, here.os);
  const ours = (...words: readonly string[]) => ownCommand(words, policy, shell);
  return {
    here,
    instruments,
    policy,
    shell,
    ours,
    pointing: evaluation(ours("env"), shell),
    home,
    required,
    read,
    config,
    deadlines,
    places: placesOf(config, here, instruments, deadlines),
    began,
  };
}

function placesOf(
  { proxyAddress, socksAddress, adminAddress }: Config,
  { dial }: Surroundings,
  { tryListen }: Instruments,
  deadlines: Deadlines,
): Places {
  const look = (address: SocketAddress, ask: AskOccupant): Promise<Place> => {
    const step = (signal: AbortSignal) => placeAt(address, ask, { dial, tryListen }, signal);
    return within(deadlines, ANSWER_MS, NEVER, step, () => new Error("Cannot wait any longer"));
  };
  const isShared = socksAddress !== null && sameSocketAddress(socksAddress, proxyAddress);
  return {
    http: look(proxyAddress, askProxy),
    socks: socksAddress === null || isShared ? null : look(socksAddress, askSocks),
    admin: look(adminAddress, askAdmin),
  };
}

import { assertEquals, assertThrows } from "@std/assert";
import { loadConfig } from "../../src/config/config.ts";
import { ConfigError } from "../../src/config/errors.ts";
import { chooseDecider, openChosen } from "../../src/library/choose_decider.ts";
import type { DeciderSettings } from "../../src/library/deciders/open_decider.ts";
import { makeEmbedding } from "../support/embedding.ts";

const PROGRAM: DeciderSettings = {
  asks: { kind: "function", decide: () => Promise.resolve({ decision: "allow" }) },
  timeoutMs: 1000,
  concurrency: 1,
};

async function configOf(toml: string) {
  const text = { name: "config", toml };
  return await loadConfig({ text, overrides: [], allow: [], deny: [] });
}

const WITH_DECIDER = '[network]\nenabled = true\n[network.decider]\ncommand = ["decide"]\n';

Deno.test("there is one decider: the program's, or the configuration's", async () => {
  const without = await configOf("[network]\nenabled = true\n");
  const named = await configOf(WITH_DECIDER);
  assertEquals(chooseDecider(null, without), null);
  assertEquals(chooseDecider(PROGRAM, without), PROGRAM);
  assertEquals(chooseDecider(null, named)?.asks.kind, "command");
  const error = assertThrows(() => chooseDecider(PROGRAM, named), ConfigError);
  assertEquals(error.faults[0]?.origin.line, 4);
});

Deno.test("nobody is opened where nobody is asked, and whoever is asked answers", async () => {
  await using embedding = makeEmbedding();
  const config = await configOf(WITH_DECIDER);
  assertEquals(openChosen(null, config, embedding.machine, () => {}), null);
  const open = openChosen(PROGRAM, config, embedding.machine, () => {})!;
  const request = {
    host: "a.test",
    port: 80,
    protocol: "http",
    method: "GET",
    clientAddr: null,
    command: null,
    execPolicyHint: null,
    attemptId: null,
    label: null,
    listener: "",
  } as const;
  const answer = await open.decide(request, new AbortController().signal);
  assertEquals(answer, { decision: "allow" });
  await open.close();
});

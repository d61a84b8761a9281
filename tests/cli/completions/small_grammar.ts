import type { Grammar, GrammarOption } from "../../../src/cli/completions/grammar.ts";

const MODE: GrammarOption = {
  long: "--mode",
  short: "-m",
  value: "MODE",
  many: false,
  choice: { kind: "words", words: ["full", "git:read"] },
  meaning: "what's [allowed]: all\\most",
};

const SET: GrammarOption = {
  long: "--set",
  short: null,
  value: "KEY=VALUE",
  many: true,
  choice: { kind: "settings", keys: ["a.b="], settings: ["a.b=c"] },
  meaning: "set one key …",
};

const QUIET: GrammarOption = {
  long: "--quiet",
  short: "-q",
  value: null,
  many: false,
  choice: { kind: "nothing" },
  meaning: "say nothing",
};

/** Little of everything, and what shells read something into in the texts. */
export const SMALL_GRAMMAR: Grammar = {
  options: [MODE, SET, QUIET],
  before: [QUIET],
  commands: [
    {
      name: "go",
      summary: "it's the first: go",
      options: [MODE, SET, QUIET],
      words: [{ kind: "words", words: ["here", "there"] }, { kind: "files" }],
      goesOn: true,
      isPrefix: false,
    },
    {
      name: "with",
      summary: "run a command",
      options: [QUIET],
      words: [{ kind: "nothing" }],
      goesOn: false,
      isPrefix: true,
    },
  ],
};

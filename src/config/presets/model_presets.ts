import type { Preset } from "./preset.ts";

/** The APIs of language models, for which an agent has a key. */
export const MODEL_PRESETS: readonly Preset[] = [
  {
    name: "openai",
    summary: "the API of OpenAI",
    hosts: [
      {
        host: "api.openai.com",
        why: "Every model is asked here; whoever has another key may leave files with it.",
        methods: "any",
        shared: false,
        checked: "2026-11-20",
      },
    ],
  },
  {
    name: "anthropic",
    summary: "the API of Anthropic",
    hosts: [
      {
        host: "api.anthropic.com",
        why: "Every model is asked here; whoever has another key may leave files with it.",
        methods: "any",
        shared: false,
        checked: "2026-11-20",
      },
    ],
  },
  {
    name: "google-ai",
    summary: "the Gemini API of Google",
    hosts: [
      {
        host: "generativelanguage.googleapis.com",
        why: "Every model is asked here; whoever has another key may leave files with it.",
        methods: "any",
        shared: false,
        checked: "2026-11-20",
      },
    ],
  },
];

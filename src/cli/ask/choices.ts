import type { Answer, Scope } from "../../proxy/asking/question.ts";

/** What a line asks for. */
export type Choice =
  | { readonly kind: "answer"; readonly answer: Answer }
  /** To be told more. */
  | { readonly kind: "details" }
  | { readonly kind: "unknown" };

/** The one length of time that has a letter; the dashboard and the commands know others. */
const MINUTES = 10;

const SCOPES: Readonly<Record<string, Scope>> = {
  o: { kind: "once" },
  t: { kind: "minutes", minutes: MINUTES },
  "1": { kind: "minutes", minutes: MINUTES },
  r: { kind: "run" },
  a: { kind: "always" },
};

/** Said where answers are asked for. */
export const CHOICES = [
  "[o]nce",
  "[t]en minutes",
  "this [r]un",
  "[a]lways",
  "[d]eny",
  "[D]eny always",
  "[?] why",
] as const;

/** Reads a line. A letter approves only where it stands alone: nobody approves by the first letter of a word. */
export function readChoice(line: string): Choice {
  const text = line.trim();
  if (text === "?") return { kind: "details" };
  if (text === "" || text === "d") return answer("deny", { kind: "once" });
  if (text === "D") return answer("deny", { kind: "always" });
  const scope = Object.hasOwn(SCOPES, text) ? SCOPES[text]! : null;
  return scope === null ? { kind: "unknown" } : answer("approve", scope);
}

/** An answer in words: `allowed for 10 minutes`. */
export function answerWords({ decision, scope }: Answer): string {
  return `${decision === "approve" ? "allowed" : "denied"} ${scopeWords(scope)}`;
}

function scopeWords(scope: Scope): string {
  switch (scope.kind) {
    case "once":
      return "this once";
    case "minutes":
      return `for ${scope.minutes} minutes`;
    case "run":
      return "until Doorward ends";
    case "always":
      return "from now on";
  }
}

function answer(decision: Answer["decision"], scope: Scope): Choice {
  return { kind: "answer", answer: { decision, scope, by: "terminal" } };
}

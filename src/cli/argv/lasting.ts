import type { Scope } from "../../proxy/asking/question.ts";

/** A week: what is to last longer belongs in the configuration. */
const MINUTES_MAX = 7 * 24 * 60;
const HOUR_MINUTES = 60;

/** Text that says no time. `why` is what there is instead. */
export interface BadLasting {
  readonly kind: "bad";
  readonly why: string;
}

/** Reads the value of `--for`: one of the words that `allowed` has, and minutes (`10m`) or hours (`2h`). */
export function parseLasting<Kind extends Scope["kind"]>(
  text: string,
  allowed: readonly Kind[],
): Extract<Scope, { readonly kind: Kind }> | BadLasting {
  const scope = parseScope(text);
  const kind = allowed.find((kind) => kind === scope?.kind);
  if (scope === null || kind === undefined) {
    return { kind: "bad", why: `there are ${allowed.map(spelled).join(", ")}` };
  }
  if (scope.kind === "minutes" && scope.minutes > MINUTES_MAX) {
    return { kind: "bad", why: "it may be from 1m to 168h" };
  }
  return scope as Extract<Scope, { readonly kind: Kind }>;
}

function parseScope(text: string): Scope | null {
  if (text === "once" || text === "run" || text === "always") return { kind: text };
  const [, digits, unit] = /^([1-9][0-9]{0,5})([mh])$/.exec(text) ?? [];
  if (digits === undefined) return null;
  return { kind: "minutes", minutes: Number(digits) * (unit === "h" ? HOUR_MINUTES : 1) };
}

function spelled(kind: Scope["kind"]): string {
  return kind === "minutes" ? "10m, 2h" : kind;
}

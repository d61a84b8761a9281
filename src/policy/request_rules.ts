import type { Endpoint } from "../net/address/endpoint.ts";
import type { HttpRequest } from "./request.ts";
import { type Miss, missOf, type RequestRule, ruledRequest } from "./request_rule.ts";
import type { Rule } from "./rule.ts";
import { RuleList } from "./rule_list.ts";
import { shownWord } from "./shown_word.ts";

/** What the request rules say of a request. */
export type RulesAnswer =
  /** There is none for its host. */
  | { readonly kind: "none" }
  | { readonly kind: "match"; readonly rule: RequestRule }
  /** There are some, and none matches; of them `nearest` misses least. */
  | { readonly kind: "miss"; readonly detail: string; readonly nearest: RequestRule };

/** The request rules, ready to be asked. Of those of a host the first that matches decides. */
export class RequestRules {
  readonly #hosts: RuleList;
  readonly #rules: ReadonlyMap<Rule, RequestRule>;

  constructor(rules: readonly RequestRule[]) {
    this.#rules = new Map(rules.map((rule) => [hostRule(rule), rule]));
    this.#hosts = new RuleList([...this.#rules.keys()]);
  }

  /** Whether there are no rules at all. */
  get isEmpty(): boolean {
    return this.#hosts.isEmpty;
  }

  /** The rules of a place, in their order. */
  of({ host, port }: Endpoint): readonly RequestRule[] {
    if (this.isEmpty) return [];
    return this.#hosts.matching(host)
      .filter(({ pattern }) => pattern.port === null || pattern.port === port)
      .map((rule) => this.#rules.get(rule)!);
  }

  /** What they say of a request. */
  answer(request: HttpRequest): RulesAnswer {
    const rules = this.of(request.target);
    if (rules.length === 0) return { kind: "none" };
    const ruled = ruledRequest(request);
    let least: Miss | null = null;
    let nearest = rules[0]!;
    for (const rule of rules) {
      const miss = missOf(rule, ruled);
      if (miss === null) return { kind: "match", rule };
      if (least !== null && miss.rank <= least.rank) continue;
      least = miss;
      nearest = rule;
    }
    return { kind: "miss", detail: `${shown(request)}: ${least!.why}`, nearest };
  }
}

/** The host of a rule as the index wants it. */
function hostRule({ host, text, origin }: RequestRule): Rule {
  return { list: "allow", pattern: host, text, origin };
}

/** A longer path would hide the rest of the sentence. */
const PATH_LENGTH_MAX = 100;

/** Method and path. A query is never shown: it may hold what is nobody's business. */
function shown({ method, path }: HttpRequest): string {
  const [bare = ""] = path.split(/[?#]/, 1);
  const isFit = /^[!-~]+$/.test(bare);
  const text = bare.length > PATH_LENGTH_MAX ? `${bare.slice(0, PATH_LENGTH_MAX)}...` : bare;
  return `${shownWord(method, "the method")} ${isFit ? text : "of this path"}`;
}

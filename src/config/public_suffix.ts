import { wildcardBase } from "../policy/host_pattern.ts";
import type { PlacedRule } from "./domain_lists.ts";
import type { Findings } from "./toml/findings.ts";
import { quote } from "./toml/printable.ts";

/**
 * Refuses wildcards right over a public suffix (`*.com`): anyone may register a name there. Over a suffix that
 * a company gives to its customers (`*.github.io`) an allow rule loads with a notice. A suffix that the
 * list does not know is somebody's own (`*.internal`).
 */
export async function checkPublicSuffixes(
  rules: readonly PlacedRule[],
  findings: Findings,
): Promise<void> {
  const wild = rules.flatMap(({ rule, place }) => {
    const base = wildcardBase(rule.pattern);
    return base === null ? [] : [{ rule, place, base }];
  });
  if (wild.length === 0) return;
  // The list costs 40 ms: most policies have no wildcard.
  const { parse } = await import("tldts");
  for (const { rule, place, base } of wild) {
    const found = parse(base, { allowPrivateDomains: true, extractHostname: false });
    if (found.publicSuffix !== base) continue;
    const text = quote(rule.text);
    // `evil*.com` in the deny list is no accident, and stops no more than it says.
    if (found.isIcann === true && (rule.list === "allow" || rule.pattern.kind === "suffix")) {
      const why = rule.list === "allow"
        ? "anyone may register a name under it"
        : "a rule over all its names is refused in both lists";
      findings.fault(
        place,
        `bad host pattern ${text}: "${base}" is a public suffix, ${why}; ` +
          `write the domain, as in "*.example.${base}"`,
      );
    } else if (found.isPrivate === true && rule.list === "allow") {
      findings.notice(
        place,
        `${text} is shared by strangers: anyone can get a name under "${base}"; ` +
          `allow the one you mean, as in "example.${base}"`,
      );
    }
  }
}

/** The suffix over a name that a company gives to its customers (`github.io`); null where there is none. */
export async function privateSuffix(name: string): Promise<string | null> {
  const { parse } = await import("tldts");
  const found = parse(name, { allowPrivateDomains: true, extractHostname: false });
  return found.isPrivate === true ? found.publicSuffix : null;
}

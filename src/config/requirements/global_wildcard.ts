/** What a list of hosts may hold instead, for messages. */
export const NO_GLOBAL_WILDCARD =
  "exact hosts or scoped wildcards like *.example.com or **.example.com";

/** Whether a pattern leaves no host out, however it is spelled: `*`, `[*]`, `**.[*]`. */
export function isGlobalWildcard(text: string): boolean {
  return /^[*?.[\]]*\*[*?.[\]]*$/.test(text.trim());
}

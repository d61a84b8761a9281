/** The value of a variable, without blanks around it; empty where it is not set. Windows knows no case. */
export function variableOf(
  name: string,
  { env, os }: { readonly env: Readonly<Record<string, string>>; readonly os: string },
): string {
  const known = os === "windows"
    ? Object.keys(env).find((each) => each.toLowerCase() === name.toLowerCase()) ?? name
    : name;
  return env[known]?.trim() ?? "";
}

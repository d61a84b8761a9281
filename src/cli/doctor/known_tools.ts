/** What takes a tool through Doorward. */
export type Honours =
  /** The variables of `run`, which are those of `env`. */
  | "variables"
  /** What `run` sets besides; `env` does not print it. */
  | "run"
  /** The variables, from some version on. */
  | "version"
  /** Nothing does by itself. */
  | "nothing";

/** A program that people and agents call, and what it makes of a proxy. */
export interface KnownTool {
  readonly tool: string;
  /** What it may be called on the PATH. */
  readonly programs: readonly string[];
  readonly honours: Honours;
  /** What is to be done, or to be known; empty where there is nothing. */
  readonly help: string;
}

/**
 * The tools that `doctor` looks for; docs/run.md has the same table. Each was tried in the environment of `run`, with a
 * proxy that noted who came; of uv only its manual was asked.
 */
export const KNOWN_TOOLS: readonly KnownTool[] = [
  byVariables("curl", "curl"),
  byVariables("wget", "wget"),
  {
    ...byVariables("git", "git"),
    help: "over ssh with run alone; git:// goes directly: use https://",
  },
  byVariables("gh", "gh"),
  {
    tool: "Node",
    programs: ["node"],
    honours: "version",
    help:
      "22.21 and later ones of 22, and 24.5 and later; of 24.0 to 24.4 fetch alone; others go " +
      "directly, without a word",
  },
  byVariables("npm", "npm"),
  byVariables("pnpm", "pnpm"),
  byVariables("yarn", "yarn"),
  byVariables("Bun", "bun"),
  byVariables("Deno", "deno"),
  {
    ...byVariables("Python", "python3", "python"),
    help: "urllib, requests and httpx; aiohttp needs trust_env=True in the program",
  },
  byVariables("pip", "pip3", "pip"),
  byVariables("uv", "uv"),
  byVariables("cargo", "cargo"),
  { ...byVariables("Go", "go"), help: "but for localhost and 127.0.0.0/8" },
  { tool: "Java", programs: ["java"], honours: "run", help: "by JAVA_TOOL_OPTIONS" },
  { tool: "Maven", programs: ["mvn"], honours: "run", help: "by JAVA_TOOL_OPTIONS" },
  { tool: "Gradle", programs: ["gradle"], honours: "run", help: "by JAVA_TOOL_OPTIONS" },
  byVariables("Ruby", "ruby"),
  byVariables("gem", "gem"),
  byVariables("bundler", "bundle"),
  { ...byVariables("Perl", "perl"), help: "LWP needs env_proxy in the program" },
  { ...byVariables("PHP", "php"), help: "curl alone: file_get_contents goes directly" },
  byVariables("composer", "composer"),
  { ...byVariables("apt", "apt-get"), help: "sudo drops variables unless it is told to keep them" },
  byVariables("rsync", "rsync"),
  byVariables("aws", "aws"),
  byVariables("gcloud", "gcloud"),
  byVariables("kubectl", "kubectl"),
  byVariables("terraform", "terraform"),
  {
    tool: "docker",
    programs: ["docker"],
    honours: "nothing",
    help: "what it pulls is the daemon's to fetch: it needs proxy settings of its own",
  },
  {
    tool: "ssh",
    programs: ["ssh", "scp", "sftp"],
    honours: "nothing",
    help: "ssh -o ProxyCommand='doorward connect %h %p' HOST",
  },
  {
    tool: "dig",
    programs: ["dig", "nslookup", "host"],
    honours: "nothing",
    help: "it asks a resolver; Doorward looks names up for the others",
  },
];

function byVariables(tool: string, ...programs: readonly string[]): KnownTool {
  return { tool, programs, honours: "variables", help: "" };
}

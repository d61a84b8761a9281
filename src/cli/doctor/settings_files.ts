// Files in which tools are told of a proxy by themselves. They are read, and no tool is asked: what is found on the PATH
// may be anybody's program, and takes its time.
import { joinPath } from "../../config/file_path.ts";

/** The settings of one tool. */
export interface SettingsFile {
  readonly tool: string;
  /** Where they may be, as far as the environment tells. */
  readonly paths: (places: UserPlaces) => readonly string[];
  /** The lines that name a proxy, or have hosts be reached without one. */
  readonly read: (text: string) => readonly Setting[];
  /** The variable that counts more than the file; null where the file counts more than every variable. */
  readonly variable: string | null;
}

/** What a line says. */
export interface Setting {
  readonly key: string;
  /** As written, without quotes. */
  readonly value: string;
}

/** Where the files of this user are. */
export interface UserPlaces {
  readonly env: Readonly<Record<string, string>>;
  readonly os: typeof Deno.build.os;
  readonly cwd: string;
}

/** Which counts more was measured: with every variable set the proxy of the file was asked, or was not. */
export const SETTINGS_FILES: readonly SettingsFile[] = [
  {
    tool: "git",
    paths: (places) => [
      ...inHome(places, ".gitconfig"),
      ...inConfig(places, "git", "config"),
      joinPath(places.os, places.cwd, ".git", "config"),
    ],
    read: (text) => keysIn(text, /^(?:http|remote)\b/i, /^proxy$/i),
    variable: null,
  },
  {
    tool: "curl",
    paths: (places) => [
      ...(places.env["CURL_HOME"] ? [joinPath(places.os, places.env["CURL_HOME"], ".curlrc")] : []),
      ...inHome(places, ".curlrc"),
    ],
    read: (text) => keysIn(text, /^$/, /^(?:--?)?(?:proxy|preproxy|socks\w*|noproxy|x)$/),
    variable: null,
  },
  {
    tool: "wget",
    paths: (places) => inHome(places, ".wgetrc"),
    read: (text) =>
      keysIn(text, /^$/, /^(?:https?_?proxy|no_?proxy|use_?proxy)$/i)
        .filter(({ value }) => !/^(?:on|yes|1)$/i.test(value)),
    variable: null,
  },
  {
    tool: "npm",
    paths: (places) => [...inHome(places, ".npmrc"), joinPath(places.os, places.cwd, ".npmrc")],
    read: (text) =>
      keysIn(text, /^$/, /^(?:https-|http-)?proxy$/)
        .filter(({ value }) => !/^(?:null|false)$/.test(value)),
    variable: "npm_config_proxy",
  },
  {
    tool: "pip",
    paths: (places) => [
      ...(places.env["PIP_CONFIG_FILE"] ? [places.env["PIP_CONFIG_FILE"]] : []),
      ...inConfig(places, "pip", "pip.conf"),
      ...inHome(places, ".pip", "pip.conf"),
    ],
    read: (text) => keysIn(text, /^\w+$/, /^proxy$/i),
    variable: "PIP_PROXY",
  },
  {
    tool: "cargo",
    paths: (places) => [
      ...(places.env["CARGO_HOME"]
        ? [joinPath(places.os, places.env["CARGO_HOME"], "config.toml")]
        : inHome(places, ".cargo", "config.toml")),
      joinPath(places.os, places.cwd, ".cargo", "config.toml"),
    ],
    read: (text) => keysIn(text, /^http$/, /^proxy$/),
    variable: "CARGO_HTTP_PROXY",
  },
];

/** A key and its value: `proxy = x`, `proxy: x`, `--proxy x`. */
const LINE_REGEXP = /^([\w.-]{1,64})(?:\s*[=:]\s*|\s+)(\S.*)$/;
/** `[http]`, `[http "https://example.com"]` */
const SECTION_REGEXP = /^\[\s*([\w.-]{1,64})/;

/** The keys of all these formats: a line each, in sections or in none. */
function keysIn(text: string, section: RegExp, key: RegExp): readonly Setting[] {
  const found: Setting[] = [];
  let current = "";
  for (const untrimmed of text.split("\n")) {
    const line = untrimmed.trim();
    const [, opened] = SECTION_REGEXP.exec(line) ?? [];
    if (opened !== undefined) {
      current = opened;
      continue;
    }
    const [, name, value] = LINE_REGEXP.exec(line) ?? [];
    if (name === undefined || value === undefined) continue;
    if (!section.test(current) || !key.test(name)) continue;
    found.push({ key: name, value: value.replace(/^(["'])(.*)\1$/, "$2") });
  }
  return found;
}

function inHome({ env, os }: UserPlaces, ...names: readonly string[]): readonly string[] {
  const home = env["HOME"] || env["USERPROFILE"];
  return home ? [joinPath(os, home, ...names)] : [];
}

function inConfig(places: UserPlaces, ...names: readonly string[]): readonly string[] {
  const folder = places.env["XDG_CONFIG_HOME"];
  return folder ? [joinPath(places.os, folder, ...names)] : inHome(places, ".config", ...names);
}

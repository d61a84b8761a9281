import { networkInterfaces as interfaces } from "node:os";
import process from "node:process";

const SYSTEMS: Readonly<Record<string, Os>> = { win32: "windows", sunos: "solaris" };

/** The names of systems, as the rest knows them. */
export type Os =
  | "darwin"
  | "linux"
  | "android"
  | "windows"
  | "freebsd"
  | "netbsd"
  | "aix"
  | "solaris"
  | "illumos";

/** What this program runs on. */
export const build: { readonly os: Os } = {
  os: SYSTEMS[process.platform] ?? process.platform as Os,
};

/** The environment of this process. */
export const env = {
  toObject: (): Record<string, string> => {
    const set = Object.entries(process.env).filter(([, value]) => value !== undefined);
    return Object.fromEntries(set) as Record<string, string>;
  },
};

/** The working folder. */
export function cwd(): string {
  return process.cwd();
}

/** Our user; null where there are none. */
export function uid(): number | null {
  return process.getuid?.() ?? null;
}

/** The addresses of the machine, one an entry. */
export function networkInterfaces(): { readonly address: string }[] {
  return Object.values(interfaces()).flatMap((entries) => entries ?? []);
}

/** Node asks nobody: what the system lets this user do may be done. */
export const permissions = {
  query: (_descriptor: PermissionQuestion): Promise<{ readonly state: "granted" }> =>
    Promise.resolve({ state: "granted" }),
};

/** What may be asked for. */
export type PermissionQuestion =
  | { readonly name: "write"; readonly path: string }
  | { readonly name: "sys"; readonly kind: "uid" };

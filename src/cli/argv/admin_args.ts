import type { Scope } from "../../proxy/asking/question.ts";
import { parseAdminUrl } from "../admin/admin_url.ts";
import type { AdminCommandName } from "./admin_commands.ts";
import type { Values } from "./args.ts";
import type { AdminCommon, Command, Common } from "./command.ts";
import { parseLasting } from "./lasting.ts";

/** Fifteen digits are exact as a number, and more than any proxy counts to. */
const NUMBER_REGEXP = /^[0-9]{1,15}$/;

/** `always` takes a rule out of the file. */
const REMOVAL = ["run", "always"] as const;

/** Reads the options and the operand of a command that talks to a proxy which runs. */
export function adminCommand(
  name: AdminCommandName,
  common: Common,
  values: Values,
  operand: string | null,
): Command {
  const written = values.one("admin");
  const admin = written === null ? null : parseAdminUrl(written);
  if (admin !== null && "kind" in admin) {
    // The text may hold a password.
    return usage(`Cannot read the URL of --admin: ${admin.why}`, name);
  }
  const built = build(name, { ...common, admin, json: values.flag("json") }, values, operand ?? "");
  return typeof built === "string" ? usage(built, name) : built;
}

function build(
  name: AdminCommandName,
  common: AdminCommon,
  values: Values,
  operand: string,
): Command | string {
  switch (name) {
    case "blocked": {
      const after = number(values, "after");
      if (typeof after === "string") return after;
      return { name, ...common, follow: values.flag("follow"), after: after ?? 0 };
    }
    case "pending":
      return { name, ...common, follow: values.flag("follow") };
    case "approve": {
      const scope = lasting(values, ["once", "minutes", "run", "always"]) ?? { kind: "once" };
      return typeof scope === "string" ? scope : { name, ...common, target: operand, scope };
    }
    case "deny":
      return deny(common, values, operand);
    case "allow":
      return allow(common, values, operand);
    case "connections": {
      const close = number(values, "close");
      return typeof close === "string" ? close : { name, ...common, close };
    }
    case "mode":
      if (operand === "") return { name, ...common, mode: null };
      if (operand === "full" || operand === "limited") return { name, ...common, mode: operand };
      return `Unknown mode "${operand}": there are full and limited`;
    case "reload":
    case "dashboard":
      return { name, ...common };
  }
}

function deny(common: AdminCommon, values: Values, target: string): Command | string {
  const remove = values.flag("remove");
  const scope = lasting(values, remove ? REMOVAL : ["once", "run", "always"]);
  if (typeof scope === "string") return scope;
  return { name: "deny", ...common, target, scope, remove };
}

function allow(common: AdminCommon, values: Values, pattern: string): Command | string {
  const remove = values.flag("remove");
  const scope = lasting(values, remove ? REMOVAL : ["minutes", "run", "always"]) ??
    { kind: "run" };
  if (typeof scope === "string") return scope;
  return { name: "allow", ...common, pattern, scope, remove };
}

/** What `--for` says; null where it says nothing, a text where it says nothing of these. */
function lasting<Kind extends Scope["kind"]>(
  values: Values,
  allowed: readonly Kind[],
): Extract<Scope, { readonly kind: Kind }> | string | null {
  const text = values.one("for");
  if (text === null) return null;
  const scope = parseLasting(text, allowed);
  return "why" in scope ? `Cannot take --for ${text}: ${scope.why}` : scope;
}

function number(values: Values, option: "after" | "close"): number | string | null {
  const text = values.one(option);
  if (text === null) return null;
  return NUMBER_REGEXP.test(text) ? Number(text) : `Cannot take --${option} ${text}: not a number`;
}

function usage(message: string, of: AdminCommandName): Command {
  return { name: "usage", message, of };
}

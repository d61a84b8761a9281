import { connectTo, policyOf } from "../support/policy.ts";
import type { AdminOptions, TestAdmin } from "./make_admin.ts";

/** One call, and whether it takes the token. */
export interface Row {
  /** As the table of routes has it: `POST /pending/:id`. */
  readonly route: string;
  /** What is asked for, where that is not the path of the route. */
  readonly path?: string;
  readonly body?: unknown;
  /** Whether it loosens. */
  readonly token: boolean;
  /** What is there before. */
  readonly options?: AdminOptions;
  readonly before?: (admin: TestAdmin) => unknown;
  /** Its status once it may be made; 200 unless said otherwise. */
  readonly status?: number;
  /** Whether it goes without the token even where everything takes it. */
  readonly open?: boolean;
}

const LIMITED = { policy: policyOf({}, { mode: "limited" }) };

function limit({ base }: TestAdmin): void {
  base.live.setMode("limited");
}

function ask({ ask }: TestAdmin): void {
  // Who waits is told by the answer, which these tests do not wait for.
  ask(connectTo("asked.test")).outcome.catch(() => {});
}

function allowAtRunTime({ base }: TestAdmin): void {
  base.add("now.test");
}

function denyAtRunTime({ base }: TestAdmin): void {
  base.add("never.test", { list: "deny" });
}

/** Every call there is. A route that is missing here fails a test. */
export const ROWS: readonly Row[] = [
  ...[
    ["/health"],
    ["/config"],
    ["/patterns"],
    ["/stats"],
    ["/blocked", "/blocked?after=0&limit=3"],
    ["/pending"],
    ["/explain", "/explain?url=a.test&method=GET"],
    ["/connections"],
    ["/events", "/events?after=0&types=blocked,mode"],
    ["/metrics"],
    ["/openapi.json"],
  ].map(([path = "", asked = path]): Row => ({ route: `GET ${path}`, path: asked, token: false })),
  { route: "POST /mode", body: { mode: "limited" }, token: false },
  { route: "POST /mode", body: { mode: "full" }, token: true, options: LIMITED },
  // Back to what the configuration says.
  { route: "POST /mode", body: { mode: "full" }, token: false, before: limit },
  { route: "POST /reload", token: false },
  { route: "POST /allow", body: { host: "a.test" }, token: true },
  { route: "POST /allow", body: { host: "a.test", scope: "minutes", minutes: 5 }, token: true },
  { route: "POST /allow", body: { host: "a.test", scope: "always" }, token: true },
  { route: "POST /deny", body: { host: "a.test" }, token: false },
  { route: "POST /deny", body: { host: "a.test", scope: "minutes" }, token: false },
  { route: "POST /deny", body: { host: "a.test", scope: "always" }, token: true },
  {
    route: "DELETE /allow",
    path: "/allow?host=now.test",
    token: false,
    before: allowAtRunTime,
  },
  {
    route: "DELETE /allow",
    path: "/allow?host=now.test&scope=always",
    token: true,
    before: allowAtRunTime,
  },
  { route: "DELETE /allow", path: "/allow?host=configured.test", token: false, status: 409 },
  { route: "DELETE /allow", path: "/allow?host=configured.test&scope=always", token: true },
  {
    route: "DELETE /deny",
    path: "/deny?host=never.test",
    token: true,
    before: denyAtRunTime,
  },
  { route: "DELETE /deny", path: "/deny?host=denied.test", token: true, status: 409 },
  { route: "DELETE /deny", path: "/deny?host=denied.test&scope=always", token: true },
  ...["once", "minutes", "run", "always"].flatMap((scope): Row[] => [
    { ...answer("approve", scope), token: true },
    { ...answer("deny", scope), token: scope === "always" },
  ]),
  // There is none: closing one is told of in the tests of its route.
  { route: "DELETE /connections/:id", path: "/connections/1", token: false, status: 404 },
  { route: "POST /session", body: { code: "wrong" }, token: false, status: 403, open: true },
  { route: "POST /session/code", token: true },
  ...await pageRows(),
];

function answer(decision: string, scope: string): Omit<Row, "token"> {
  const body = { decision, scope };
  return { route: "POST /pending/:id", path: "/pending/q1", body, before: ask };
}

async function pageRows(): Promise<Row[]> {
  const folder = new URL("../../src/admin/dashboard/", import.meta.url);
  const files = (await Array.fromAsync(Deno.readDir(folder))).filter((entry) =>
    entry.isFile && /\.(js|css|html|svg)$/.test(entry.name)
  );
  return files.map(({ name }) => ({
    route: `GET /${name === "index.html" ? "" : name}`,
    token: false,
    open: true,
  }));
}

/** A call in words. */
export function nameOf({ route, path, body, options }: Row): string {
  const [method = "", template = ""] = route.split(" ");
  const json = body === undefined ? "" : ` ${JSON.stringify(body)}`;
  return `${method} ${path ?? template}${json}${
    options === undefined ? "" : " where it is limited"
  }`;
}

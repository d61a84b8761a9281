import { assert, assertEquals } from "@std/assert";
import { openapi, openapiRoutes } from "../../src/admin/openapi_routes.ts";
import type { Route } from "../../src/admin/route.ts";
import { makeAdmin } from "./make_admin.ts";

// What a description has here; the rest of the format is its own.
interface Described {
  readonly openapi: string;
  readonly info: { readonly version: string };
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: { readonly schemas: { readonly Error: { readonly required: unknown } } };
}

interface Operation {
  readonly operationId: string;
  readonly summary: string;
  readonly description?: string;
  readonly security: readonly unknown[];
  readonly parameters: readonly { readonly name: string; readonly in: string }[];
  readonly requestBody?: unknown;
  readonly responses: Readonly<Record<string, { readonly content: object }>>;
}

const ROUTE: Route = {
  method: "GET",
  path: "/a",
  summary: "Something",
  token: "never",
  serve: () => new Response(),
};

function operationOf(parts: Partial<Route>): Operation {
  const { paths } = openapi([{ ...ROUTE, ...parts }], "1") as Described;
  return Object.values(Object.values(paths)[0]!)[0]!;
}

Deno.test("GET /openapi.json describes every route that is served, itself too", async () => {
  using admin = makeAdmin();
  const told: Described = await (await admin.call("GET /openapi.json")).json();
  assertEquals([told.openapi, told.info.version], ["3.1.0", "1.2.3"]);
  const described = Object.entries(told.paths).flatMap(([path, operations]) =>
    Object.keys(operations).map((method) => `${method.toUpperCase()} ${path}`)
  );
  // The page is no part of what programs call.
  const served = admin.app.routes.filter(({ path, type }) =>
    type === undefined || ["/events", "/metrics"].includes(path)
  ).map(({ method, path }) => `${method} ${path.replace(":id", "{id}")}`);
  assertEquals(described.toSorted(), served.toSorted());
});

Deno.test("GET /openapi.json gives every operation a name of its own", async () => {
  using admin = makeAdmin();
  const { paths }: Described = await (await admin.call("GET /openapi.json")).json();
  const names = Object.values(paths).flatMap((operations) =>
    Object.values(operations).map(({ operationId }) => operationId)
  );
  assertEquals(new Set(names).size, names.length);
  for (const name of names) assert(/^(get|post|delete)(_[a-z]+)+$/.test(name), name);
});

/** When a route takes the token, and what is said of it: an empty alternative is none. */
const TOKENS: readonly (readonly [string, unknown, string | undefined])[] = [
  ["never", [], undefined],
  ["always", [{ token: [] }], undefined],
  ["for scope always", [{}, { token: [] }], "Takes the token for scope always."],
];

for (const [token, security, description] of TOKENS) {
  Deno.test(`openapi() tells that the token is taken ${token}`, () => {
    const operation = operationOf({ token });
    assertEquals([operation.security, operation.description], [security, description]);
  });
}

Deno.test("openapi() tells of parameters of the path and of the query", () => {
  const { parameters } = operationOf({ path: "/a/:id", query: { limit: "at most" } });
  const schema = { type: "string" };
  assertEquals(parameters as unknown, [
    { name: "id", in: "path", required: true, schema },
    { name: "limit", in: "query", required: false, schema, description: "at most" },
  ]);
});

Deno.test("openapi() tells what a call carries, and what comes back", () => {
  const { requestBody, responses } = operationOf({
    method: "POST",
    body: { mode: "full or limited", minutes: "how many" },
    type: "text/plain",
  });
  const properties = {
    mode: { type: "string", description: "full or limited" },
    minutes: { type: "integer", description: "how many" },
  };
  assertEquals(requestBody, {
    required: true,
    content: { "application/json": { schema: { type: "object", properties } } },
  });
  assertEquals(responses["200"]!.content, { "text/plain": {} });
  assertEquals(responses["default"]!.content, {
    "application/json": { schema: { $ref: "#/components/schemas/Error" } },
  });
  assertEquals("requestBody" in operationOf({}), false);
});

Deno.test("openapiRoutes() makes one route, after those it tells of", async () => {
  const [route, ...others] = openapiRoutes([ROUTE], "7");
  assertEquals([route!.path, route!.token, others.length], ["/openapi.json", "never", 0]);
  const told: Described = await (await route!.serve({} as Parameters<Route["serve"]>[0])).json();
  assertEquals([Object.keys(told.paths), told.info.version], [["/a", "/openapi.json"], "7"]);
  assertEquals(told.components.schemas.Error.required, ["status", "reason", "message"]);
});

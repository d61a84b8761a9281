import { json, type Route } from "./route.ts";

/** The description of all routes (OpenAPI 3.1), made from the table that is served. */
export function openapiRoutes(routes: readonly Route[], version: string): readonly Route[] {
  const own: Route = {
    method: "GET",
    path: "/openapi.json",
    summary: "This description",
    token: "never",
    serve: () => json(openapi([...routes, own], version)),
  };
  return [own];
}

/** Describes routes. */
export function openapi(routes: readonly Route[], version: string): unknown {
  const paths: Record<string, Record<string, unknown>> = {};
  for (const route of routes) {
    const path = route.path.replaceAll(/:(\w+)/g, "{$1}");
    (paths[path] ??= {})[route.method.toLowerCase()] = operation(route);
  }
  return {
    openapi: "3.1.0",
    info: { title: "Doorward admin API", version, license: { name: "MIT", identifier: "MIT" } },
    paths,
    components: {
      securitySchemes: { token: { type: "http", scheme: "bearer" } },
      schemas: { Error: ERROR },
    },
  };
}

const ERROR = {
  type: "object",
  required: ["status", "reason", "message"],
  properties: {
    status: { const: "error" },
    reason: { type: "string" },
    message: { type: "string" },
  },
} as const;

function operation(route: Route): unknown {
  const type = route.type ?? "application/json";
  return {
    operationId: operationId(route),
    summary: route.summary,
    ...(route.token === "never" || route.token === "always"
      ? {}
      : { description: `Takes the token ${route.token}.` }),
    security: securityOf(route),
    parameters: [
      ...[...route.path.matchAll(/:(\w+)/g)].map(([, name]) => parameter(name!, "path", "")),
      ...Object.entries(route.query ?? {}).map(([name, meaning]) =>
        parameter(name, "query", meaning)
      ),
    ],
    ...(route.body === undefined ? {} : { requestBody: requestBody(route.body) }),
    responses: {
      200: { description: "Done", content: { [type]: {} } },
      default: {
        description: "Not done, and why",
        content: { "application/json": { schema: { $ref: "#/components/schemas/Error" } } },
      },
    },
  };
}

function operationId({ method, path }: Route): string {
  const words = path.split(/[^A-Za-z]+/).filter((word) => word !== "");
  return [method.toLowerCase(), ...words].join("_");
}

/** An empty alternative says that it works without as well. */
function securityOf({ token }: Route): unknown {
  if (token === "never") return [];
  return token === "always" ? [{ token: [] }] : [{}, { token: [] }];
}

function parameter(name: string, place: "path" | "query", description: string): unknown {
  return {
    name,
    in: place,
    required: place === "path",
    schema: { type: "string" },
    ...(description === "" ? {} : { description }),
  };
}

function requestBody(keys: NonNullable<Route["body"]>): unknown {
  const properties = Object.fromEntries(
    Object.entries(keys).map(([key, description]) => [
      key,
      { type: key === "minutes" ? "integer" : "string", description },
    ]),
  );
  return {
    required: true,
    content: { "application/json": { schema: { type: "object", properties } } },
  };
}

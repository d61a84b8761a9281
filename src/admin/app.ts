import { Hono } from "hono";
import type { AdminParts } from "./admin.ts";
import { ApiError, apiErrorOf } from "./api_error.ts";
import { dashboardRoutes } from "./dashboard_routes.ts";
import { eventRoutes } from "./event_routes.ts";
import { guardCall } from "./guard.ts";
import { metricsRoutes } from "./metrics_routes.ts";
import { errorReply, sealed } from "./reply.ts";
import { openapiRoutes } from "./openapi_routes.ts";
import { policyRoutes } from "./policy_routes.ts";
import { dropBody } from "./read_body.ts";
import { requestRoutes } from "./request_routes.ts";
import { bodyReader, type Call, type Route } from "./route.ts";
import { sessionRoutes } from "./session_routes.ts";
import { stateRoutes } from "./state_routes.ts";

/** The admin API as something that answers requests, and the table it answers by. */
export interface AdminApp {
  readonly routes: readonly Route[];
  readonly answer: (request: Request) => Promise<Response>;
}

/** Composes the admin API. Every call passes the guards first, whatever it asks for. */
export function createAdminApp(parts: AdminParts): AdminApp {
  const routes = adminRoutes(parts);
  const app = new Hono();
  for (const route of routes) {
    app.on(route.method, route.path, async (context) => {
      const { raw: request } = context.req;
      const caller = parts.access.callerOf(request);
      const call: Call = {
        request,
        caller,
        parameter: (name) => context.req.param(name) ?? "",
        query: (name) => context.req.query(name) ?? null,
        body: bodyReader(request),
        demandToken: (why) => parts.access.demand(caller, why),
      };
      if (parts.access.isClosed && route.isOpen !== true) {
        call.demandToken('With admin_auth = "all" every call');
      }
      if (route.body === undefined) await dropBody(request);
      return await route.serve(call);
    });
  }
  app.notFound(({ req }) => unknown(req.raw, routes));
  app.onError((error) => failed(error, parts));
  return {
    routes,
    async answer(request): Promise<Response> {
      try {
        guardCall(request, parts.listener);
        return sealed(await app.fetch(request));
      } catch (error) {
        return sealed(failed(error, parts));
      }
    },
  };
}

function adminRoutes(parts: AdminParts): readonly Route[] {
  const routes = [
    ...stateRoutes(parts),
    ...policyRoutes(parts),
    ...requestRoutes(parts),
    ...eventRoutes(parts),
    ...metricsRoutes(parts),
    ...sessionRoutes(parts),
  ];
  return [...routes, ...openapiRoutes(routes, parts.version), ...dashboardRoutes()];
}

/** The answer to a path or a method that there is not. */
function unknown(request: Request, routes: readonly Route[]): Response {
  const { pathname } = new URL(request.url);
  const methods = routes.filter(({ path }) => matches(path, pathname)).map(({ method }) => method);
  if (methods.length === 0) return errorReply(new ApiError("not_found", "There is no such path"));
  const reply = errorReply(new ApiError("method_not_allowed", "This path takes other methods"));
  // The router answers HEAD wherever it answers GET.
  const all = methods.includes("GET") ? ["HEAD", ...methods] : methods;
  reply.headers.set("allow", all.join(", "));
  return reply;
}

function matches(path: string, pathname: string): boolean {
  const parts = path.split("/");
  const given = pathname.split("/");
  return parts.length === given.length &&
    parts.every((part, at) => part.startsWith(":") ? given[at] !== "" : part === given[at]);
}

function failed(error: unknown, { diagnose }: AdminParts): Response {
  const told = apiErrorOf(error);
  if (told.reason === "internal_error") {
    diagnose(`Cannot serve the admin API: ${error instanceof Error ? error.stack : error}`);
  }
  return errorReply(told);
}

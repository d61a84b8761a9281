import { clientAddress } from "../net/address/client_address.ts";
import { formatSocketAddress } from "../net/address/endpoint.ts";
import type { AdminParts } from "./admin.ts";
import { ApiError } from "./api_error.ts";
import { json, type Route, textOf } from "./route.ts";

/** How the page gets in. */
export function sessionRoutes({ access, listener }: AdminParts): readonly Route[] {
  return [
    {
      method: "POST",
      path: "/session",
      summary: "Trades the code of a link for a key, which is used like the token; works once",
      body: { code: "what stands behind #code= in the link" },
      token: "never",
      isOpen: true,
      serve: async (call) => {
        const token = access.trade(textOf(await call.body(), "code"));
        if (token !== null) return json({ status: "ok", token });
        throw new ApiError("bad_code", "Cannot open the dashboard: this link was used, or is none");
      },
    },
    {
      method: "POST",
      path: "/session/code",
      summary: "Makes a link to the dashboard that works once",
      token: "always",
      serve: (call) => {
        call.demandToken("To make a link to the dashboard");
        return json({ status: "ok", url: dashboardLink(access, listener) });
      },
    },
  ];
}

/** A link that opens the dashboard, once. What stands behind the `#` is sent to nobody, and kept in no log. */
export function dashboardLink(
  access: Pick<AdminParts["access"], "newCode">,
  listener: AdminParts["listener"],
): string {
  return `http://${formatSocketAddress(clientAddress(listener))}/#code=${access.newCode()}`;
}

import type { Json } from "../../../src/cli/admin/reply_fields.ts";
import { FakeClock } from "../../support/fake_clock.ts";

/** When the fake clock starts, in Unix seconds. */
export const NOW = new FakeClock().start / 1000;

/** A question as `GET /pending` lists it. */
export function question(id: string, more: Json = {}): Json {
  const { host = "api.example.com", port = 443 } = more;
  return {
    id,
    host,
    port,
    protocol: "https_connect",
    method: "CONNECT",
    client: "127.0.0.1:41000",
    command: null,
    attempt_id: null,
    address_class: "a public address",
    waiting: 1,
    asked_at: NOW - 5,
    expires_at: NOW + 25,
    pattern: `${host}:${port} over https_connect`,
    ...more,
  };
}

import { assertEquals } from "@std/assert";
import { fakeAdmin, json, refuse } from "./fake_admin.ts";
import { NOW } from "./fake_questions.ts";

const TUNNEL = {
  id: 17,
  client: "127.0.0.1:4100",
  kind: "tunnel",
  protocol: "https_connect",
  host: "2001:db8::1",
  port: 443,
  rule: "*.example.com",
  bytes_up: 812,
  bytes_down: 20 * 1024 * 1024,
  opened_at: NOW - 45,
  generation: 1,
};
const IDLE = {
  ...TUNNEL,
  id: 9,
  kind: "idle",
  protocol: null,
  host: null,
  port: null,
  rule: null,
  bytes_up: 0,
  bytes_down: 0,
};

Deno.test("connections prints a table", async () => {
  await using server = fakeAdmin({
    "GET /connections": json({ connections: [TUNNEL, IDLE], total: 5 }),
  });
  assertEquals(await server.run("connections"), 0);
  assertEquals(server.here.printed(), {
    out:
      "ID  CLIENT          KIND    HOST               PROTOCOL       UP     DOWN    AGE  RULE\n" +
      "17  127.0.0.1:4100  tunnel  [2001:db8::1]:443  https_connect  812 B  20 MiB  45s  *.example.com\n" +
      "9   127.0.0.1:4100  idle    -                  -              0 B    0 B     45s  -\n",
    err: "doorward: and 3 connections more\n",
  });
});

Deno.test("connections says when none is open", async () => {
  const reply = { connections: [], total: 0 };
  await using server = fakeAdmin({ "GET /connections": json(reply) });
  assertEquals(await server.run("connections"), 0);
  assertEquals(await server.run("connections", "-q"), 0);
  assertEquals(await server.run("connections", "--json"), 0);
  assertEquals(server.here.printed(), {
    out: `${JSON.stringify(reply)}\n`,
    err: "doorward: No connection is open\n",
  });
});

Deno.test("connections --close closes one", async () => {
  await using server = fakeAdmin({
    "DELETE /connections/17": json({ status: "closed", id: 17 }),
    "DELETE /connections/18": refuse(404, "not_open", "18 is not open."),
  });
  assertEquals(await server.run("connections", "--close", "17"), 0);
  assertEquals(await server.run("connections", "--close", "18"), 1);
  assertEquals(server.here.printed(), { out: "closed 17\n", err: "doorward: 18 is not open\n" });
});

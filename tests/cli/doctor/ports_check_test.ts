import { assertEquals } from "@std/assert";
import type { Occupant, Place } from "../../../src/cli/doctor/place.ts";
import { portsCheck } from "../../../src/cli/doctor/ports_check.ts";
import { linesOf } from "./make_situation.ts";

const taken = (by: Occupant): Place => ({ kind: "taken", by });
const ANOTHER = '  another port: proxy_url = "http://127.0.0.1:PORT" under [network]';

Deno.test("free ports are well, and so is a Doorward that has them", async () => {
  assertEquals(await linesOf(portsCheck), [
    "ok http: 127.0.0.1:3128 is free",
    "ok socks5: 127.0.0.1:8081 is free",
    "ok admin: 127.0.0.1:8080 is free",
  ]);
  const running = {
    http: taken({ kind: "doorward" }),
    socks: taken({ kind: "socks5" }),
    admin: taken({ kind: "admin", health: {} }),
  };
  assertEquals(await linesOf(portsCheck, running), [
    "ok http: Doorward listens on 127.0.0.1:3128",
    "ok socks5: Doorward listens on 127.0.0.1:8081",
    "ok admin: Doorward listens on 127.0.0.1:8080",
  ]);
});

Deno.test("a port that somebody else has is a fault, with what is known of them", async () => {
  const http = taken({ kind: "other", what: 'an HTTP server answers: "nginx"' });
  assertEquals((await linesOf(portsCheck, { http })).slice(0, 3), [
    'fault http: 127.0.0.1:3128 is taken: an HTTP server answers: "nginx"',
    "  who it is: ss -ltnp 'sport = :3128'",
    ANOTHER,
  ]);
  const [silent] = await linesOf(portsCheck, { http: taken({ kind: "silent" }) });
  assertEquals(silent, "fault http: 127.0.0.1:3128 is taken: what listens there does not answer");
});

Deno.test("a server of SOCKS5 is Doorward's only where a Doorward runs", async () => {
  const lines = await linesOf(portsCheck, { socks: taken({ kind: "socks5" }) });
  assertEquals(
    lines[1],
    "fault socks5: 127.0.0.1:8081 is taken: a SOCKS5 server answers there, and no Doorward on the admin port",
  );
});

Deno.test("a port that nobody can have is a fault", async () => {
  const http: Place = { kind: "unusable", error: new Deno.errors.PermissionDenied() };
  const toml = '[network]\nproxy_url = "http://127.0.0.1:80"\nenable_socks5 = false\n';
  assertEquals((await linesOf(portsCheck, { toml, http })).slice(0, 3), [
    "fault http: nobody can listen on 127.0.0.1:80: ports below 1024 need privileges",
    ANOTHER,
    "note socks5: it is switched off",
  ]);
});

Deno.test("each system has its way to find who listens", async () => {
  const http = taken({ kind: "silent" });
  const commands = await Promise.all(
    (["darwin", "windows"] as const).map(async (os) =>
      (await linesOf(portsCheck, { os, http, env: { APPDATA: "C:\\a" } }))[1]
    ),
  );
  assertEquals(commands, [
    "  who it is: lsof -nP -iTCP:3128 -sTCP:LISTEN",
    "  who it is: netstat -ano | findstr :3128",
  ]);
});

Deno.test("one port for both is looked at once", async () => {
  const toml = '[network]\nsocks_url = "http://127.0.0.1:3128"\n';
  const lines = await linesOf(portsCheck, { toml, socks: null, http: { kind: "any" } });
  assertEquals(lines.slice(0, 2), [
    "ok http: the system chooses a free port at each start",
    "ok socks5: it shares the port of http",
  ]);
});

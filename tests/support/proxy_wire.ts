import { tcpDialer } from "../../src/net/tcp_dialer.ts";
import type { DoorwardStart } from "./doorward_cli.ts";
import { ip } from "./policy.ts";
import { Wire } from "./wire.ts";

/** Connects to a `doorward start`, where it speaks HTTP or SOCKS5, to speak to it byte by byte. */
export async function wireToStart(
  { port, socksPort }: Pick<DoorwardStart, "port" | "socksPort">,
  door: "http" | "socks" = "http",
): Promise<Wire> {
  const to = { ip: ip("127.0.0.1"), port: door === "http" ? port : socksPort };
  return new Wire(await tcpDialer(to, NEVER));
}

const NEVER = new AbortController().signal;

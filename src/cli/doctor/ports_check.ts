import { formatSocketAddress, type SocketAddress } from "../../net/address/endpoint.ts";
import { whyNotListening } from "../printed/listen_failure.ts";
import type { Check } from "./check.ts";
import { fault, type Finding, note, ok } from "./finding.ts";
import type { Occupant, Place } from "./place.ts";
import type { Situation } from "./situation.ts";

/** The addresses that `start` would listen on. */
export const portsCheck: Check = {
  name: "ports",
  run: async ({ config, places, here }) => {
    const { proxyAddress, socksAddress, adminAddress } = config;
    const [http, socks, admin] = await Promise.all([places.http, places.socks, places.admin]);
    const isRunning = admin.kind === "taken" && admin.by.kind === "admin";
    const findingOf = (subject: string, key: string, address: SocketAddress, place: Place) =>
      ofPlace({ subject, key, address, isRunning, os: here.os }, place);
    return [
      findingOf("http", "proxy_url", proxyAddress, http),
      ...(socksAddress === null
        ? [note("socks5", "it is switched off")]
        : socks === null
        ? [ok("socks5", "it shares the port of http")]
        : [findingOf("socks5", "socks_url", socksAddress, socks)]),
      findingOf("admin", "admin_url", adminAddress, admin),
    ];
  },
};

interface Asked {
  readonly subject: string;
  /** Under `[network]`. */
  readonly key: string;
  readonly address: SocketAddress;
  /** Whether a Doorward answers at the admin address. */
  readonly isRunning: boolean;
  readonly os: Situation["here"]["os"];
}

function ofPlace({ subject, key, address, isRunning, os }: Asked, place: Place): Finding {
  const where = formatSocketAddress(address);
  const another = `another port: ${key} = "http://127.0.0.1:PORT" under [network]`;
  switch (place.kind) {
    case "any":
      return ok(subject, "the system chooses a free port at each start");
    case "free":
      return ok(subject, `${where} is free`);
    case "unusable": {
      const why = whyNotListening(place.error, address.port) ?? String(place.error);
      return fault(subject, `nobody can listen on ${where}: ${why}`, another);
    }
    case "taken":
      if (isOurs(place.by, isRunning)) return ok(subject, `Doorward listens on ${where}`);
      return fault(
        subject,
        `${where} is taken: ${wordsOf(place.by)}`,
        `who it is: ${whoListens(address.port, os)}`,
        another,
      );
  }
}

/** A server of SOCKS5 does not say whose it is: beside a Doorward that runs it is taken for its own. */
function isOurs(by: Occupant, isRunning: boolean): boolean {
  return by.kind === "doorward" || by.kind === "admin" || (by.kind === "socks5" && isRunning);
}

function wordsOf(by: Occupant): string {
  switch (by.kind) {
    case "silent":
      return "what listens there does not answer";
    case "socks5":
      return "a SOCKS5 server answers there, and no Doorward on the admin port";
    case "other":
      return by.what;
    case "doorward":
    case "admin":
      return "Doorward";
  }
}

function whoListens(port: number, os: Asked["os"]): string {
  switch (os) {
    case "windows":
      return `netstat -ano | findstr :${port}`;
    case "linux":
      return `ss -ltnp 'sport = :${port}'`;
    default:
      return `lsof -nP -iTCP:${port} -sTCP:LISTEN`;
  }
}

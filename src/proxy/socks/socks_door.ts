import type { Door } from "../door.ts";
import type { UdpDoor } from "./udp_door.ts";

/** What serving SOCKS5 takes. */
export interface SocksDoor extends Door {
  /** What UDP ASSOCIATE takes; null where it is switched off. */
  readonly udp: UdpDoor | null;
  /** Told, in one line, of what a client cannot be told: SOCKS5 has codes and no words. */
  readonly diagnose: (line: string) => void;
}

import type { Door } from "../door.ts";
import type { UdpDoor } from "./udp_door.ts";

/** What serving SOCKS5 takes. */
export interface SocksDoor extends Door {
  /** What UDP ASSOCIATE takes; null where it is switched off. */
  readonly udp: UdpDoor | null;
}

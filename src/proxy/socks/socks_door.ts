import type { HttpDoor } from "../http/http_door.ts";
import type { Door } from "../door.ts";
import type { UdpDoor } from "./udp_door.ts";

/** What serving SOCKS5 takes. */
export interface SocksDoor extends Door {
  /** Serves what is found inside a tunnel. */
  readonly http: HttpDoor;
  /** What UDP ASSOCIATE takes; null where it is switched off. */
  readonly udp: UdpDoor | null;
}

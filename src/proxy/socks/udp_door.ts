import type { Clock, UdpBinder } from "../../net/ports.ts";
import type { PolicyCell } from "../../policy/policy.ts";
import type { PortSet } from "../port_set.ts";

/** What UDP associations take, and what they have in common. */
export interface UdpDoor {
  readonly bind: UdpBinder;
  readonly clock: Clock;
  readonly policy: PolicyCell;
  /** The ports of the relays that are open: one for each association, and none of them is a destination. */
  readonly relayPorts: PortSet;
}

import { unmapped } from "../../net/address/mapped.ts";
import type { Host } from "../../net/address/host.ts";
import type { IpAddress } from "../../net/address/ip.ts";
import type { UdpSocket } from "../../net/ports.ts";
import type { TunnelRequest } from "../../policy/request.ts";
import type { SocksRequest } from "../../socks/handshake.ts";
import { encodeReply, REPLY, type ReplyCode } from "../../socks/messages.ts";
import type { ClientConnection } from "../client_connection.ts";
import { requesterAt } from "../entrance.ts";
import type { SocksDoor } from "./socks_door.ts";
import { UdpAssociation } from "./udp_association.ts";
import type { UdpDoor } from "./udp_door.ts";

/** How often another port is asked for, where the system gives one that another relay has. */
const BIND_TRIES = 8;

/**
 * Serves UDP ASSOCIATE (RFC 1928 sections 4 and 7): a relay of the client's own, for as long as its control
 * connection stands. Returns when that is over and every socket is closed.
 */
export async function udpAssociate(
  client: ClientConnection,
  request: SocksRequest,
  attempt: string | null,
  door: SocksDoor,
): Promise<void> {
  const { udp } = door;
  if (udp === null) {
    door.diagnose(`Refused SOCKS client ${client.address}: enable_socks5_udp is off`);
    return await client.answer(encodeReply(REPLY.commandNotSupported));
  }
  const relay = openRelay(client, request, attempt, door, udp);
  if (typeof relay === "number") return await client.answer(encodeReply(relay));
  const { port } = relay.address;
  udp.relayPorts.add(port);
  client.carriesDatagrams = true;
  try {
    await client.answer(encodeReply(REPLY.succeeded, relay.address));
    client.closeAfter(door.limits.udpIdleMs, "udpIdleMs");
    await new UdpAssociation({ client, request, attempt, relay, door, udp }).carry();
  } finally {
    relay.close();
    udp.relayPorts.delete(port);
  }
}

/** Binds the relay of a client, or says what to answer in its place. */
function openRelay(
  client: ClientConnection,
  request: SocksRequest,
  attempt: string | null,
  door: SocksDoor,
  udp: UdpDoor,
): UdpSocket | ReplyCode {
  const policy = udp.policy.current;
  const refusal = policy.decideDatagrams();
  if (refusal !== null) {
    const target = { host: announcedHost(request), port: request.port };
    const asked: TunnelRequest = { kind: "tunnel", protocol: "socks5_udp", target };
    const asks = { client: client.address, method: "UDP_ASSOCIATE", attempt: () => attempt };
    const asker = requesterAt(client.entrance, asks);
    door.blocked({ request: asked, decision: { ...refusal, policy }, asker });
    return REPLY.notAllowed;
  }
  if (udp.relayPorts.size >= door.limits.udpAssociations) {
    client.reached("udpAssociations");
    return REPLY.generalFailure;
  }
  try {
    // Where the client reached us, its datagrams will too.
    return bindRelay(unmapped(client.local.ip), udp);
  } catch (error) {
    return failed(client, door, `${error}`);
  }
}

/** What a client announces is its own address; one that writes a name there cannot tell (PySocks writes "0"). */
function announcedHost({ address }: SocksRequest): Host {
  return address.kind === "ip" ? address : { kind: "ip", ip: UNSPECIFIED_IPV4 };
}

const UNSPECIFIED_IPV4: IpAddress = { family: 4, bits: 0n };

/**
 * Binds to a port that no other relay has, on whatever address that one is: the ports that are no destinations
 * are known without their addresses.
 */
function bindRelay(ip: IpAddress, { bind, relayPorts }: UdpDoor): UdpSocket {
  for (let tries = 0; tries < BIND_TRIES; tries++) {
    const relay = bind({ ip, port: 0 });
    if (!relayPorts.has(relay.address.port)) return relay;
    relay.close();
  }
  throw new Deno.errors.AddrInUse("The system offers only ports that other relays have");
}

function failed(client: ClientConnection, { diagnose }: SocksDoor, why: string): ReplyCode {
  diagnose(`Cannot relay datagrams of SOCKS client ${client.address}: ${why}`);
  return REPLY.generalFailure;
}

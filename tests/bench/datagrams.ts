import type { Course } from "./course.ts";
import { Flight, type Path } from "./flight.ts";
import { COMMAND, requestSocks, udpHeader } from "./socks.ts";

/** A datagram is lost when nothing at all has come for this long: on loopback the wait is for nothing else. */
const LOST_MS = 250;
const NO_HEADER = new Uint8Array();

/**
 * Datagrams to the echo and back, a window of them at once, through an association where there is a proxy.
 *
 * @param lostMs how long nothing must have come before what is under way is given up
 */
export async function datagrams(course: Course, lostMs = LOST_MS): Promise<void> {
  const socket = course.bind();
  const flight = new Flight(socket, await openPath(course));
  await flight.fill(course.job.window);
  const watch = setInterval(() => {
    if (!flight.isQuiet()) return;
    course.lost(flight.drop(), `nothing came back for ${lostMs} ms`);
    // A socket that is not heard from cannot be left otherwise.
    if (!course.on) return course.close(socket);
    flight.fill(course.job.window).catch((error) => course.fault(error));
  }, lostMs);
  try {
    while (course.on) {
      const left = await flight.next();
      if (left === null) continue;
      course.lap(left);
      await flight.fill(1);
    }
  } catch (error) {
    // Closed by the watch: what was lost is counted.
    if (course.on) throw error;
  } finally {
    clearInterval(watch);
    course.closeAll();
  }
}

async function openPath(course: Course): Promise<Path> {
  const { proxy, origin } = course.job;
  if (proxy === null) return { to: loopback(origin.udpEcho), header: NO_HEADER };
  const control = await course.connect(proxy);
  const relay = await requestSocks(control, COMMAND.udpAssociate, 0);
  return { to: loopback(relay), header: udpHeader(origin.udpEcho) };
}

function loopback(port: number): Deno.NetAddr {
  return { transport: "udp", hostname: "127.0.0.1", port };
}

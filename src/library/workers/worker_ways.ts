import type { Clock } from "../../net/ports.ts";
import type { Interception } from "../../proxy/inside/interception.ts";
import type { Limits } from "../../proxy/limits.ts";
import { chooseUpstream, proxiesOf } from "../../proxy/upstream/choose_upstream.ts";
import type { WorkerSetup } from "../../proxy/workers/messages.ts";
import type { WorkerHere } from "../../proxy/workers/serve_worker.ts";
import { authorityOf } from "../../tls/authority.ts";
import { interceptionBy } from "../interception_by.ts";

/** The ways out of a worker: as `proxyOptions` makes them, of what the main isolate has said. */
export async function workerWays(
  { upstream, interception }: WorkerSetup,
  limits: Limits,
  clock: Pick<Clock, "now">,
): ReturnType<WorkerHere["ways"]> {
  return {
    upstream: chooseUpstream(upstream),
    upstreamProxies: proxiesOf(upstream),
    interception: interception === null ? null : await intercept(interception, limits, clock),
  };
}

/** By the authority of the main isolate, with certificates of its own. */
async function intercept(
  { authority: pem, roots }: NonNullable<WorkerSetup["interception"]>,
  { interceptedCertificates }: Limits,
  clock: Pick<Clock, "now">,
): Promise<Interception> {
  const authority = await authorityOf(pem, () => clock.now(), interceptedCertificates);
  if ("kind" in authority) throw new Error(`Cannot use the authority: ${authority.why}`);
  return interceptionBy({ authority, roots });
}

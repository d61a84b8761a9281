import type { Work } from "./job.ts";

/** One row of the table. */
export interface Scenario {
  readonly title: string;
  readonly unit: string;
  readonly work: Work;
  readonly tunnelled: boolean;
  readonly connections: number;
}

/** Every row, in the order of the table. */
export const SCENARIOS: readonly Scenario[] = [
  scenario("plain HTTP, kept, 1 connection", "requests/s", "requests", false, 1),
  scenario("plain HTTP, kept, 64 connections", "requests/s", "requests", false, 64),
  scenario("plain HTTP, kept, 512 connections", "requests/s", "requests", false, 512),
  scenario("tunnel set-ups, 1 at once", "tunnels/s", "tunnels", true, 1),
  scenario("tunnel set-ups, 64 at once", "tunnels/s", "tunnels", true, 64),
  scenario("small messages, 64 tunnels", "messages/s", "messages", true, 64),
  scenario("plain HTTP, 64 MiB down", "MB/s", "download", false, 1),
  scenario("plain HTTP, 64 MiB up", "MB/s", "upload", false, 1),
  scenario("1 tunnel, 64 MiB down", "MB/s", "download", true, 1),
  scenario("1 tunnel, 64 MiB up", "MB/s", "upload", true, 1),
];

function scenario(
  title: string,
  unit: string,
  work: Work,
  tunnelled: boolean,
  connections: number,
): Scenario {
  return { title, unit, work, tunnelled, connections };
}

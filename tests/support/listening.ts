import type { AddressInfo, Server } from "node:net";

/** Has a server of Node's listen on 127.0.0.1. Resolves to the port that it got. */
export function listening(server: Server): Promise<number> {
  return new Promise((resolve) => {
    server.listen(0, "127.0.0.1", () => resolve((server.address() as AddressInfo).port));
  });
}

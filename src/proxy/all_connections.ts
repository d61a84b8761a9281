import { LISTED_MAX, type OpenConnections } from "./live.ts";
import type { Crew } from "./workers/workers.ts";

/** The connections of this isolate and of its workers, as one. */
export function allConnections(own: OpenConnections, crew: Crew): OpenConnections {
  return {
    get size() {
      return own.size + crew.size;
    },
    get opened() {
      return own.opened + crew.opened;
    },
    get carried() {
      const [here, there] = [own.carried, crew.carried];
      return { up: here.up + there.up, down: here.down + there.down };
    },
    list: () =>
      [...own.list(), ...crew.connections].sort((one, other) => other.id - one.id)
        .slice(0, LISTED_MAX),
    close: (id) => own.close(id) || crew.close(id),
    refresh: () => crew.refresh(),
  };
}

import { EXIT } from "../exit_code.ts";
import type { Surroundings } from "../surroundings.ts";
export function man(here: Surroundings): number {
  here.terminal.out.line("");
  return EXIT.done;
}

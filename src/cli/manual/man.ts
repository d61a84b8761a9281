import { VERSION } from "../../library/version.ts";
import { EXIT } from "../exit_code.ts";
import type { Surroundings } from "../surroundings.ts";
import { manualPage } from "./manual_page.ts";

/** `doorward man`: the manual page, for man to read. */
export function man({ terminal: { out } }: Surroundings): number {
  for (const line of manualPage(VERSION).split("\n")) out.line(line);
  return EXIT.done;
}

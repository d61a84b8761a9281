import { cli } from "./src/cli/cli.ts";

if (import.meta.main) Deno.exit(await cli(Deno.args));

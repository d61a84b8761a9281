/** The version of this program: that of `deno.json`, which a test compares. */
export const VERSION = "0.1.0";

import { assertEquals } from "@std/assert";

/**
 * Compares a text with a file that somebody has read. Who changes the text on purpose runs the test once with
 * DOORWARD_TEST_RENEW=1, which writes the file anew, and reads what changed.
 */
export async function assertGolden(text: string, file: string | URL): Promise<void> {
  if (Deno.env.get("DOORWARD_TEST_RENEW") === "1") {
    await Deno.writeTextFile(file, text);
    return;
  }
  const golden = await Deno.readTextFile(file).catch((error) => {
    if (error instanceof Deno.errors.NotFound) return null;
    throw error;
  });
  assertEquals(text, golden, `${file}: DOORWARD_TEST_RENEW=1 writes it`);
}

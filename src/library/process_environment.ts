/** The environment of this process; nothing of it where that may not be read. */
export function environment(): Readonly<Record<string, string>> {
  try {
    return Deno.env.toObject();
  } catch (error) {
    if (error instanceof Deno.errors.NotCapable) return {};
    throw error;
  }
}

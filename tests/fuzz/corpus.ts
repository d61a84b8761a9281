const folder = new URL("corpus/", import.meta.url);

/** The inputs that are kept for a parser: a line each, a string of JSON. Lines with `#` say what follows. */
export async function readCorpus(name: string): Promise<readonly string[]> {
  const text = await Deno.readTextFile(new URL(`${name}.txt`, folder));
  return text.split("\n")
    .filter((line) => line !== "" && !line.startsWith("#"))
    .map((line) => JSON.parse(line) as string);
}

/** An input as it stands in a file of the corpus: in ASCII, so that nothing in it is lost on its way. */
export function escaped(input: string): string {
  return JSON.stringify(input).replaceAll(
    /[^ -~]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}

/** Where Debian has what is not on everybody's PATH. */
const SYSTEM_FOLDERS = ["/usr/sbin", "/usr/local/sbin"];

/** The path of a program, which may be in one more folder; null when there is none. */
export async function findProgram(name: string, folder?: string): Promise<string | null> {
  if (name.startsWith("/")) return name;
  const own = folder === undefined ? [] : [folder];
  const folders = [...own, ...(Deno.env.get("PATH") ?? "").split(":"), ...SYSTEM_FOLDERS];
  for (const folder of folders) {
    const path = `${folder}/${name}`;
    const file = await Deno.stat(path).catch(() => null);
    if (file?.isFile === true) return path;
  }
  return null;
}

/** What a program says that ends by itself. */
export async function outputOf(program: string, args: readonly string[]): Promise<string> {
  const command = new Deno.Command(program, { args: [...args], stderr: "null" });
  const { stdout } = await command.output();
  return new TextDecoder().decode(stdout);
}

/** Runs a program to its end in a folder. Returns whether it went well. */
export async function succeeds(
  program: string,
  args: readonly string[],
  cwd: string,
): Promise<boolean> {
  const command = new Deno.Command(program, {
    args: [...args],
    cwd,
    stdout: "null",
    stderr: "null",
  });
  return (await command.output()).success;
}

/** Doorward as users run it, in a process of its own. Disposing of it ends it. */
export interface DoorwardProcess extends AsyncDisposable {
  readonly pid: number;
  /** Where it listens on 127.0.0.1. */
  readonly port: number;
}

/** Runs `main.ts start` with these lines under `[network]`, on a free port; resolves once it listens. */
export async function startDoorwardProcess(policy: string): Promise<DoorwardProcess> {
  const file = await Deno.makeTempFile({ prefix: "doorward-", suffix: ".toml" });
  await Deno.writeTextFile(
    file,
    `[network]\nenabled = true\nproxy_url = "http://127.0.0.1:0"\n${policy}\n`,
  );
  const main = new URL("../../main.ts", import.meta.url).pathname;
  // As `deno task start` does.
  const permissions = ["net", "read", "env", "sys=networkInterfaces"].map((p) => `--allow-${p}`);
  const child = new Deno.Command(Deno.execPath(), {
    args: ["run", "--quiet", "--no-prompt", ...permissions, main, "start", "--config", file],
    env: { NO_COLOR: "1" },
    stdin: "null",
    stdout: "null",
    stderr: "piped",
  }).spawn();
  const { promise: port, resolve, reject } = Promise.withResolvers<number>();
  const listening = child.stderr.pipeThrough(new TextDecoderStream()).pipeTo(portIn(resolve));
  child.status.then(({ code }) =>
    reject(new Error(`Cannot start Doorward: it ended with ${code}`))
  );
  try {
    return {
      pid: child.pid,
      port: await port,
      async [Symbol.asyncDispose](): Promise<void> {
        child.kill("SIGTERM");
        await child.status;
        await listening;
      },
    };
  } finally {
    await Deno.remove(file);
  }
}

/** Looks for the port in the banner, and goes on reading so that the process never waits for us. */
function portIn(found: (port: number) => void): WritableStream<string> {
  let said = "";
  return new WritableStream({
    write(text: string): void {
      said += text;
      const match = /listening on http:\/\/127\.0\.0\.1:(\d+)/.exec(said);
      if (match !== null) found(Number(match[1]));
    },
  });
}

/** How long a test waits for what must come. Only a test that fails ever waits that long. */
const PATIENCE_MS = 10_000;

/** The value of `promise`, or an error that names what never came. */
export async function inTime<T>(promise: Promise<T>, what: string): Promise<T> {
  const { promise: late, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => reject(new Error(`Waited in vain for ${what}`)), PATIENCE_MS);
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** What `promise` rejects with; an error of its own where it does not, or where neither comes. */
export async function rejection(promise: Promise<unknown>, what: string): Promise<unknown> {
  const rejected = promise.then(() => {
    throw new Error(`Expected ${what} to fail`);
  }, (error: unknown) => () => error);
  return (await inTime(rejected, `${what} to fail`))();
}

/** Lets everything that is ready happen: microtasks, timers that are due, sockets that have news. */
export async function turn(): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  setTimeout(resolve, 0);
  await promise;
}

/** Lets turns of the event loop pass until `isSo`. */
export async function until(isSo: () => boolean, what: string): Promise<void> {
  const start = performance.now();
  while (!isSo()) {
    if (performance.now() - start > PATIENCE_MS) throw new Error(`Waited in vain until ${what}`);
    await turn();
  }
}

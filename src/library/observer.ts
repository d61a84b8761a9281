/**
 * Calls a function of the embedding program, and waits for nothing. What an async one rejects with is for `failed`: nobody
 * else would take it, and it would end the program.
 */
export function observer<T>(
  observe: (what: T) => void,
  failed: (error: unknown) => void,
): (what: T) => void {
  return (what) => {
    const coming: unknown = observe(what);
    if (coming instanceof Promise) coming.catch(failed);
  };
}

/** What glibc reads in place of the search list of resolv.conf (resolver(3)). */
const SEARCH_LIST = "LOCALDOMAIN";

/**
 * Keeps the system's resolver from completing names: with a search list it would ask for
 * `example.com.corp.test` in place of, or after, the `example.com` that policy judged. Where the C library
 * knows no such variable, nothing changes. To be called before the first look-up; `env` is the environment as
 * it was.
 */
export function withoutSearchList(env: Readonly<Record<string, string>>): SearchList {
  Deno.env.set(SEARCH_LIST, "");
  return {
    duringSpawn<T>(spawn: () => T): T {
      const original = env[SEARCH_LIST];
      if (original === undefined) Deno.env.delete(SEARCH_LIST);
      else Deno.env.set(SEARCH_LIST, original);
      try {
        return spawn();
      } finally {
        Deno.env.set(SEARCH_LIST, "");
      }
    },
  };
}

/** The search list that we do without. */
export interface SearchList {
  /** Lets a child inherit what we were given: its own look-ups are its own affair. */
  duringSpawn<T>(spawn: () => T): T;
}

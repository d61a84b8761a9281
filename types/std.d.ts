// The npm build of @std carries JavaScript only. These are the parts of its API that Doorward uses,
// declared under the names that deno.json maps, so that the map is all that changes for JSR.

declare module "@std/assert" {
  /** Fails unless `expr` is truthy. */
  export function assert(expr: unknown, msg?: string): asserts expr;
  /** Fails unless both are deeply equal. */
  export function assertEquals<T>(actual: T, expected: T, msg?: string): void;
  /** Fails if both are deeply equal. */
  export function assertNotEquals<T>(actual: T, expected: T, msg?: string): void;
  /** Fails unless both are the same by `Object.is`. */
  export function assertStrictEquals<T>(actual: unknown, expected: T, msg?: string): void;
  /** Fails unless `actual` contains `expected`. */
  export function assertStringIncludes(actual: string, expected: string, msg?: string): void;
  /** Fails unless `actual` matches. */
  export function assertMatch(actual: string, expected: RegExp, msg?: string): void;
  /** Fails if `actual` matches. */
  export function assertNotMatch(actual: string, expected: RegExp, msg?: string): void;
  /** Fails unless every property of `expected` is in `actual` with the same value. */
  export function assertObjectMatch(
    // deno-lint-ignore no-explicit-any -- as @std/assert declares it
    actual: Record<PropertyKey, any>,
    expected: Record<PropertyKey, unknown>,
    msg?: string,
  ): void;
  /** Fails unless `actual` is greater than `expected`. */
  export function assertGreater<T>(actual: T, expected: T, msg?: string): void;
  /** Fails unless `actual` is less than `expected`. */
  export function assertLess<T>(actual: T, expected: T, msg?: string): void;
  /** Fails unless `actual` is an instance of `type`. */
  export function assertInstanceOf<T>(
    actual: unknown,
    // deno-lint-ignore no-explicit-any -- any constructor
    type: new (...args: any[]) => T,
    msg?: string,
  ): asserts actual is T;
  /** Fails unless `fn` throws; returns what it threw. */
  export function assertThrows<E extends Error = Error>(
    fn: () => unknown,
    // deno-lint-ignore no-explicit-any -- any constructor
    errorClass?: new (...args: any[]) => E,
    msgIncludes?: string,
  ): E;
  /** Fails unless the promise rejects; resolves to the reason. */
  export function assertRejects<E extends Error = Error>(
    fn: () => PromiseLike<unknown>,
    // deno-lint-ignore no-explicit-any -- any constructor
    errorClass?: new (...args: any[]) => E,
    msgIncludes?: string,
  ): Promise<E>;
  /** Always fails. */
  export function fail(msg?: string): never;
}

declare module "@std/cli/parse-args" {
  /** What parseArgs() is told about the flags. */
  export interface ParseOptions {
    readonly boolean?: readonly string[];
    readonly string?: readonly string[];
    readonly collect?: readonly string[];
    readonly alias?: Readonly<Record<string, string | readonly string[]>>;
    readonly default?: Readonly<Record<string, unknown>>;
    readonly stopEarly?: boolean;
    readonly "--"?: boolean;
    readonly unknown?: (arg: string, key?: string, value?: unknown) => unknown;
  }
  /** Splits argv into flags and the rest (`_`; what follows `--` is under `"--"`). */
  export function parseArgs(
    args: readonly string[],
    options?: ParseOptions,
  ): Record<string, unknown> & { readonly _: (string | number)[]; readonly "--"?: string[] };
}

declare module "@std/yaml/parse" {
  /** Reads a YAML document. */
  export function parse(content: string): unknown;
}

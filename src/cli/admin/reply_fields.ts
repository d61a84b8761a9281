// JSON of a proxy, read without trust: it may be of another version, or no Doorward at all.

/** A JSON object. */
export type Json = Readonly<Record<string, unknown>>;

/** What is printed for something that is not there. */
export const ABSENT = "-";

/** Whether a value is a JSON object. */
export function isJson(value: unknown): value is Json {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The text of a field, or of a number there; `-` when it holds neither. */
export function textOf(json: Json, key: string): string {
  const value = own(json, key);
  if (typeof value === "string" && value !== "") return value;
  return typeof value === "number" ? String(value) : ABSENT;
}

/** The number of a field, or null. */
export function numberOf(json: Json, key: string): number | null {
  const value = own(json, key);
  return typeof value === "number" && Number.isFinite(value) ? value : null;
}

/** The object of a field; an empty one when it holds none. */
export function objectOf(json: Json, key: string): Json {
  const value = own(json, key);
  return isJson(value) ? value : {};
}

/** The objects of a list; what is none is left out. */
export function objectsOf(json: Json, key: string): readonly Json[] {
  return list(json, key).filter(isJson);
}

/** The texts of a list; what is none is left out. */
export function textsOf(json: Json, key: string): readonly string[] {
  return list(json, key).filter((item) => typeof item === "string");
}

function list(json: Json, key: string): readonly unknown[] {
  const value = own(json, key);
  return Array.isArray(value) ? value : [];
}

function own(json: Json, key: string): unknown {
  return Object.hasOwn(json, key) ? json[key] : undefined;
}

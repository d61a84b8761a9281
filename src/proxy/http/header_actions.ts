import { type Field, field, type Fields } from "../../http/fields.ts";
import { knownAs } from "../../http/hop_by_hop.ts";
import type { RequestActions } from "../../policy/request_rule.ts";

/** Takes out of a request what its rule says, and puts in what the client is not to see. */
export function applyActions(fields: Fields, actions: RequestActions): Field[] {
  const gone = new Set(actedOn(actions).map(knownAs));
  return [
    ...fields.filter(({ key }) => !gone.has(knownAs(key))),
    ...actions.inject.map(({ name, value }) => field(name, value())),
  ];
}

/** The names of the fields that a rule decides about, in lower case. */
export function actedOn({ strip, inject }: RequestActions): string[] {
  return [...strip, ...inject.map(({ name }) => name.toLowerCase())];
}

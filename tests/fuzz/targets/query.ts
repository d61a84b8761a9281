import { hasParameter, readParameters } from "../../../src/policy/query_parameters.ts";
import { expect, expectSame } from "../expect.ts";
import type { FuzzTarget } from "../target.ts";

/** What `readRequestPath` leaves of a target that a head can have. */
const SENT = /^[!-~]*$/;

/** `readParameters`: the parameters that a form has, and no other reading of them is left out. */
export const QUERY: FuzzTarget = {
  name: "query",
  kind: "bytes",
  words: [
    ...[
      "a",
      "b",
      "name",
      "value",
      "=",
      "&",
      "+",
      ";",
      "%3d",
      "%26",
      "%2B",
      "%20",
      "%",
      "%zz",
      "%25",
      "%2525",
    ],
    ...[
      "%00",
      "%0a",
      "%c3%a9",
      "%c0%af",
      "%ef%bb%bf",
      "%f0%9f%98%80",
      "%ed%a0%80",
      "[]",
      "a[]",
      "A",
      "&&",
      "==",
    ],
  ],
  any(random) {
    const word = () => random.pick(["a", "b", "a+b", "%61", "A", "", "x%20y", "%c3%a9"]);
    const pairs = Array.from({ length: random.below(5) }, () => `${word()}=${word()}`);
    return pairs.join("&");
  },
  check(input) {
    expectSame(readParameters(null), [], "no query has no parameters");
    const parameters = readParameters(input);
    if (parameters === null || !SENT.test(input)) return;
    expectSame(parameters.length, input.split("&").length, "one for each piece");
    // URL leaves out what is empty.
    const pieces = input.split("&").map((piece, at) => ({ piece, at })).filter(({ piece }) =>
      piece !== ""
    );
    const form = [...new URLSearchParams(`?${input}`)];
    expectSame(form.length, pieces.length, "as many as a form has");
    form.forEach(([name, value], index) => {
      const { names, values } = parameters[pieces[index]!.at]!;
      expect(names.includes(name), `${JSON.stringify(name)} is the name to a form`);
      expect(values.includes(value), `${JSON.stringify(value)} is the value to a form`);
    });
    for (const { names } of parameters) {
      const [name = ""] = names;
      const isWanted = hasParameter(parameters, { name, values: [] });
      expect(isWanted || names.length > 1 || isDoubled(name, parameters), "what is there is found");
    }
  },
};

/** Whether the name is there in another spelling, which servers may take for the same. */
function isDoubled(
  name: string,
  parameters: readonly { readonly names: readonly string[] }[],
): boolean {
  return parameters.some(({ names }) => names.some((each) => each !== name));
}

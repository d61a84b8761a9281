/** Words in the program that somebody may be told. */
export interface Message {
  /** What stands between the values that are put in. */
  readonly parts: readonly string[];
  /** From 1. */
  readonly line: number;
}

/** Two words, of which the first is one. */
const SENTENCE_REGEXP = /[A-Za-z]{2} +[("]?[A-Za-z]/;

/** Properties that say what a key, a field or a route means: documents, and no messages. */
const DESCRIBING_KEYS = ["description", "title", "summary", "meaning", "query", "body", "token"];

/** Functions that take such a text. */
const DESCRIBING_CALLS = ["key", "gauge", "counter", "sum", "text", "word", "Symbol"];

/**
 * Texts of at least two words in the code of a file, without those that describe something. Runs where tests run: the
 * linter reads the code.
 */
export function messagesOf(code: string): readonly Message[] {
  const messages: Message[] = [];
  const note = (parts: readonly string[], at: number) => {
    const fixed = parts.filter((part) => SENTENCE_REGEXP.test(part));
    if (fixed.length > 0) {
      messages.push({ parts: fixed, line: code.slice(0, at).split("\n").length });
    }
  };
  const rule: Deno.lint.Rule = {
    create: () => ({
      Literal(node) {
        if (typeof node.value === "string" && !describes(node)) note([node.value], node.range[0]);
      },
      TemplateLiteral(node) {
        if (!describes(node)) note(node.quasis.map(({ cooked }) => cooked), node.range[0]);
      },
    }),
  };
  Deno.lint.runPlugin({ name: "messages", rules: { messages: rule } }, "code.ts", code);
  return messages;
}

function describes({ parent }: { readonly parent: Deno.lint.Node }): boolean {
  if (parent.type === "ConditionalExpression") return describes(parent);
  if (parent.type === "CallExpression") {
    const { callee } = parent;
    return callee.type === "Identifier" && DESCRIBING_CALLS.includes(callee.name);
  }
  if (parent.type !== "Property") return false;
  const holder = parent.parent.parent;
  return isDescribing(parent) || (holder.type === "Property" && isDescribing(holder));
}

function isDescribing({ key }: Deno.lint.Property): boolean {
  return key.type === "Identifier" && DESCRIBING_KEYS.includes(key.name);
}

import type { Random } from "../../support/random.ts";
import { SOCKS_CONVERSATIONS, SOCKS_WORDS } from "../../support/socks_conversations.ts";
import { anyWords } from "../target.ts";

/** A conversation, or its words in any order. */
export function anyConversation(random: Random): string {
  if (random.below(3) === 0) return anyWords(random, SOCKS_WORDS, 8);
  const text = random.pick(SOCKS_CONVERSATIONS);
  return random.below(2) === 0 ? text : text.slice(random.below(4));
}

/** A longer word is not shown again: whoever sent it chose it. */
const WORD_LENGTH_MAX = 40;

/** A client's word, if it is fit to be shown: a token of RFC 9110 section 5.6.2, and short. */
export function shownWord(text: string, otherwise: string): string {
  const isToken = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/.test(text);
  return isToken && text.length <= WORD_LENGTH_MAX ? text : otherwise;
}

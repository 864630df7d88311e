/** Text of any length for messages. @since 0.3.0 */

/** The first so many characters of a text, and dots where there are more. */
export const cut = (text: string, length: number): string =>
  text.length > length ? `${text.slice(0, length)}...` : text

const encoder = new TextEncoder();

/**
 * About how many more characters like those of the text fit within a limit;
 * less than zero when there are too many already. The limits of the wire are in
 * bytes, which mean nothing to a reader.
 * @param limit in bytes of UTF-8
 */
export function room(text: string, limit: number): number {
  const bytes = encoder.encode(text).length;
  const each = bytes / Math.max(1, Array.from(text).length) || 1;
  return Math.floor((limit - bytes) / each);
}

/** A number of characters in words. */
export const characters = (many: number): string => (many === 1 ? "1 character" : `${many} characters`);

// Cache-Control (RFC 9111 §5.2) as far as the doctor asks about it.

export interface CacheControl {
  noStore: boolean;
  noCache: boolean;
  /** Seconds, the larger of `max-age` and `s-maxage`. */
  maxAge?: number;
  immutable: boolean;
  /** As received; undefined where there is none. */
  text?: string;
}

/** Reads the directives of an answer; unknown ones mean nothing. */
export function cacheControlOf(headers: ReadonlyMap<string, string>): CacheControl {
  const text = headers.get('cache-control');
  const directives = (text ?? '')
    .toLowerCase()
    .split(',')
    .map((directive) => directive.trim());
  const ages = directives
    .map((directive) => /^(?:s-maxage|max-age)="?(\d{1,12})"?$/.exec(directive)?.[1])
    .filter((seconds) => seconds !== undefined)
    .map(Number);
  return {
    noStore: directives.includes('no-store'),
    noCache: directives.includes('no-cache') || headers.get('pragma')?.toLowerCase() === 'no-cache',
    ...(ages.length === 0 ? {} : { maxAge: Math.max(...ages) }),
    immutable: directives.includes('immutable'),
    ...(text === undefined ? {} : { text }),
  };
}

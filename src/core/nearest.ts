// The right word for a misspelt one: flags, configuration keys, words to explain.
// Invariant: the work is bounded by the length of the candidates, however long the word is.

/** More than this many wrong letters are another word. */
const FARTHEST = 3;

/**
 * The candidates that the word was probably meant to be, nearest first, at most `limit`: those that differ by a few
 * letters, then those that begin with it; only the same word where nothing but case, `-` and `_` differs. Empty when
 * none is near.
 */
export function nearest(word: string, candidates: Iterable<string>, limit = 3): string[] {
  const wanted = fold(word);
  const ranked = [...new Set(candidates)].flatMap((candidate) => {
    const rank = rankOf(wanted, fold(candidate));
    return rank === undefined ? [] : [{ candidate, rank }];
  });
  const same = ranked.filter(({ rank }) => rank === 0);
  return (same.length > 0 ? same : ranked)
    .sort((a, b) => a.rank - b.rank)
    .slice(0, limit)
    .map(({ candidate }) => candidate);
}

const fold = (text: string): string => text.toLowerCase().replaceAll('-', '_');

/** Smaller is nearer; undefined is not near. */
function rankOf(wanted: string, candidate: string): number | undefined {
  const allowed = Math.min(FARTHEST, Math.max(1, Math.floor(candidate.length / 3)));
  if (Math.abs(wanted.length - candidate.length) <= allowed) {
    const distance = editDistance(wanted, candidate);
    if (distance <= allowed && distance < candidate.length) return distance;
  }
  return wanted.length >= 3 && candidate.startsWith(wanted) ? FARTHEST + 1 : undefined;
}

/** How many letters were left out, put in, changed or swapped with their neighbour (optimal string alignment). */
function editDistance(a: string, b: string): number {
  let before: number[] = [];
  let above = Array.from({ length: b.length + 1 }, (_, column) => column);
  for (let row = 1; row <= a.length; row += 1) {
    const current = [row];
    for (let column = 1; column <= b.length; column += 1) {
      const same = a[row - 1] === b[column - 1];
      const swapped = row > 1 && column > 1 && a[row - 1] === b[column - 2] && a[row - 2] === b[column - 1];
      current[column] = Math.min(
        (above[column] ?? 0) + 1,
        (current[column - 1] ?? 0) + 1,
        (above[column - 1] ?? 0) + (same ? 0 : 1),
        swapped ? (before[column - 2] ?? 0) + 1 : Number.POSITIVE_INFINITY,
      );
    }
    before = above;
    above = current;
  }
  return above[b.length] ?? 0;
}

/** A typing mistake or two; more is another word. */
const MOST_EDITS = 2;

/** The word of a list that somebody may have meant by `typed`: the nearest, if it is near. */
export function closest(typed: string, words: readonly string[]): string | undefined {
  const near = words
    .map((word) => ({ word, edits: editsBetween(typed.toLowerCase(), word) }))
    .filter(({ word, edits }) => edits <= MOST_EDITS || (typed.length > MOST_EDITS && word.startsWith(typed)))
    .sort((a, b) => a.edits - b.edits);
  return near[0]?.word;
}

/** Levenshtein's distance: letters to insert, remove or replace. */
function editsBetween(from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_, column) => column);
  for (const letter of from) {
    const above = row;
    row = [(above[0] ?? 0) + 1];
    for (const [column, other] of [...to].entries()) {
      const replaced = (above[column] ?? 0) + (letter === other ? 0 : 1);
      row.push(Math.min(replaced, (above[column + 1] ?? 0) + 1, (row[column] ?? 0) + 1));
    }
  }
  return row[to.length] ?? 0;
}

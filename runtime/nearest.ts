/** The word among `words` that somebody who typed `given` most likely meant, if any is close. */
export function nearest(given: string, words: Iterable<string>): string | undefined {
  const wanted = given.toLowerCase();
  let best: string | undefined;
  let below = (given.length < 4 ? 1 : Math.max(2, Math.floor(given.length / 4))) + 1;
  for (const word of words) {
    if (Math.abs(word.length - given.length) >= below) continue;
    const distance = editDistance(wanted, word.toLowerCase());
    if (distance < below) [best, below] = [word, distance];
  }
  return best;
}

function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const replaced = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(replaced, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[b.length] ?? 0;
}

/** Beyond this many comparisons two texts are shown as one that went and one that came. */
const MOST_COMPARISONS = 4_000_000;

/**
 * What became of a text, line by line: `- gone`, `+ come`, in order, and `  …` where lines between them stayed. The
 * longest common subsequence, so that a block which was put in is shown as that block. Blank lines do not count. Pure.
 */
export function diffLines(before: readonly string[], after: readonly string[]): string[] {
  const [old, found] = [before.filter(isText), after.filter(isText)];
  let start = 0;
  while (start < Math.min(old.length, found.length) && old[start] === found[start]) start++;
  // What is alike at the end stays: a block that was put in after its like would begin in the middle of that one.
  return compared(old.slice(start), found.slice(start));
}

const isText = (line: string): boolean => line.trim() !== "";

function compared(old: readonly string[], found: readonly string[]): string[] {
  const gone = (line: string | undefined): string => `- ${line}`;
  const come = (line: string | undefined): string => `+ ${line}`;
  if (old.length * found.length > MOST_COMPARISONS) return [...old.map(gone), ...found.map(come)];
  const common = commonLengths(old, found);
  const at = (i: number, j: number): number => common[i * (found.length + 1) + j] ?? 0;
  const lines: string[] = [];
  for (let i = 0, j = 0; i < old.length || j < found.length; ) {
    if (i < old.length && old[i] === found[j]) {
      if (lines.at(-1) !== BETWEEN && lines.length > 0) lines.push(BETWEEN);
      i++;
      j++;
    } else if (i < old.length && (j === found.length || at(i + 1, j) >= at(i, j + 1))) lines.push(gone(old[i++]));
    else lines.push(come(found[j++]));
  }
  return lines.at(-1) === BETWEEN ? lines.slice(0, -1) : lines;
}

const BETWEEN = "  …";

/** At `i * (found + 1) + j`: how many lines `old` from `i` and `found` from `j` have in common, in order. */
function commonLengths(old: readonly string[], found: readonly string[]): Uint32Array {
  const width = found.length + 1;
  const common = new Uint32Array((old.length + 1) * width);
  for (let i = old.length - 1; i >= 0; i--) {
    for (let j = found.length - 1; j >= 0; j--) {
      const longer = Math.max(common[(i + 1) * width + j] ?? 0, common[i * width + j + 1] ?? 0);
      common[i * width + j] = old[i] === found[j] ? (common[(i + 1) * width + j + 1] ?? 0) + 1 : longer;
    }
  }
  return common;
}

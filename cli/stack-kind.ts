/** Which stack's file and secrets declare a stack: `preprod-pr-12` is a preprod of its own, so its kind is `preprod`. */
export function kindOf(stack: string): string {
  const [kind = stack] = stack.split("-");
  return kind;
}

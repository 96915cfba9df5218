import type { LabelArgs } from "./repository-args.ts";

/** The labels that GitHub gives to every new repository. */
const STANDARD: Record<string, LabelArgs> = {
  bug: { color: "d73a4a", description: "Something isn't working" },
  documentation: { color: "0075ca", description: "Improvements or additions to documentation" },
  duplicate: { color: "cfd3d7", description: "This issue or pull request already exists" },
  enhancement: { color: "a2eeef", description: "New feature or request" },
  "good first issue": { color: "7057ff", description: "Good for newcomers" },
  "help wanted": { color: "008672", description: "Extra attention is needed" },
  invalid: { color: "e4e669", description: "This doesn't seem right" },
  question: { color: "d876e3", description: "Further information is requested" },
  wontfix: { color: "ffffff", description: "This will not be worked on" },
};

/** One label as GitHub keeps it. */
export interface Label {
  name: string;
  color: string;
  description: string;
}

/** What is declared, in GitHub's words. */
export function declaredLabels(labels: Record<string, LabelArgs>): Label[] {
  return Object.entries(labels).map(([name, { color, description }]) => ({
    name,
    color: color.toLowerCase(),
    description: description ?? "",
  }));
}

/** What is declared and GitHub's own nine, whose look a declaration may change; names differ by more than capitals. */
export function wholeSet(labels: Record<string, LabelArgs>): Label[] {
  const declared = declaredLabels(labels);
  const names = new Set(declared.map(({ name }) => name.toLowerCase()));
  return [...declaredLabels(STANDARD).filter(({ name }) => !names.has(name)), ...declared];
}

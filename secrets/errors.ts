/** One thing that is wrong with a stack's secrets. Never holds a secret value. */
export interface SecretFault {
  /** The key in the file, dotted (`postgres.password`); absent when the whole file is meant. */
  readonly path?: string;
  /** What is wrong and what is allowed. */
  readonly problem: string;
  /** The command or step that fixes it. */
  readonly remedy: string;
}

/** Why secrets could not be had. */
export type SecretsErrorKind =
  /** There is no such file. */
  | "no-file"
  /** The file is not one that sops wrote, or uses something that is not supported here. */
  | "unreadable"
  /** No private key was found. */
  | "no-key"
  /** Private keys were found; none of them is a recipient of the file. */
  | "wrong-key"
  /** The file does not match its MAC. */
  | "tampered"
  /** The secrets do not match the schema. */
  | "invalid";

/** All faults of one secrets file at once. The message is meant to be read by a person and never holds a value. */
export class SecretsError extends Error {
  override readonly name = "SecretsError";
  readonly kind: SecretsErrorKind;
  /** The file, as given. */
  readonly file: string;
  readonly faults: readonly SecretFault[];

  constructor(kind: SecretsErrorKind, file: string, faults: readonly SecretFault[]) {
    super(render(file, faults));
    this.kind = kind;
    this.file = file;
    this.faults = faults;
  }
}

function render(file: string, faults: readonly SecretFault[]): string {
  const [only] = faults;
  if (only && faults.length === 1) {
    return `${file}: ${only.path ? `${only.path}: ` : ""}${only.problem}\n  Fix: ${only.remedy}`;
  }
  const lines = faults.map((fault) => `  ${fault.path ?? "(file)"}: ${fault.problem}\n    Fix: ${fault.remedy}`);
  return `${file}: ${faults.length} secrets are wrong:\n${lines.join("\n")}`;
}

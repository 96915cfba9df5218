/** Something that the person at the keyboard can put right; shown as its message, without a stack trace. */
export class UserError extends Error {
  readonly remedy: string | undefined;

  constructor(problem: string, remedy?: string) {
    super(problem);
    this.name = "UserError";
    this.remedy = remedy;
  }
}

/** Errors in GitHub's own envelope: `{"message", "documentation_url", "errors"?, "status"}`. */

/** One wrong field of a request, as GitHub lists them. */
export interface FieldError {
  resource: string;
  code: "missing" | "missing_field" | "invalid" | "already_exists" | "unprocessable" | "custom";
  field?: string;
  message?: string;
}

const DOCS = "https://docs.github.com/rest";

export class GitHubError extends Error {
  readonly status: number;
  readonly errors: readonly FieldError[] | undefined;
  readonly documentation: string;

  constructor(status: number, message: string, errors?: readonly FieldError[], documentation = DOCS) {
    super(message);
    this.status = status;
    this.errors = errors;
    this.documentation = documentation;
  }

  body(): Record<string, unknown> {
    const errors = this.errors ? { errors: this.errors } : {};
    return { message: this.message, ...errors, documentation_url: this.documentation, status: String(this.status) };
  }
}

export function notFound(): GitHubError {
  return new GitHubError(404, "Not Found");
}

export function invalid(...errors: FieldError[]): GitHubError {
  return new GitHubError(422, "Validation Failed", errors);
}

export function custom(resource: string, message: string, field?: string): GitHubError {
  return invalid({ resource, code: "custom", ...(field ? { field } : {}), message });
}

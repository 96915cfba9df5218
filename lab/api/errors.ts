/** Errors in the cloud API's own envelope: `{"error": {"code", "message", "details"}}`. */

/** One wrong field of a request: its path and everything that is wrong with it. */
export interface FieldFault {
  name: string;
  messages: string[];
}

export class ApiError extends Error {
  readonly status: number;
  readonly code: string;
  readonly details: unknown;

  constructor(status: number, code: string, message: string, details: unknown = null) {
    super(message);
    this.status = status;
    this.code = code;
    this.details = details;
  }

  body(): { error: { code: string; message: string; details: unknown } } {
    return { error: { code: this.code, message: this.message, details: this.details } };
  }
}

export function notFound(what: string, id: number | string): ApiError {
  return new ApiError(404, "not_found", `${what} with ID '${id}' not found`);
}

export function invalidInput(fields: FieldFault[]): ApiError {
  const names = fields.map((field) => `'${field.name}'`).join(", ");
  const message = `invalid input in field${fields.length > 1 ? "s" : ""} ${names}`;
  return new ApiError(422, "invalid_input", message, { fields });
}

export function invalidField(name: string, message: string): ApiError {
  return invalidInput([{ name, messages: [message] }]);
}

export function notUnique(what: string, field: string): ApiError {
  const message = field === "name" ? `${what} name is already used` : `${what} with the same ${field} already exists`;
  return new ApiError(409, "uniqueness_error", message, { fields: [{ name: field }] });
}

export function locked(what: string): ApiError {
  return new ApiError(423, "locked", `${what} is locked (another action is running)`);
}

export function isProtected(what: string, operation = "deletion"): ApiError {
  return new ApiError(403, "protected", `${what} is protected against ${operation}`);
}

export function conflict(message: string): ApiError {
  return new ApiError(409, "conflict", message);
}

export function unavailable(message: string, code = "resource_unavailable"): ApiError {
  return new ApiError(412, code, message);
}

/** Things of the real API that the lab does not have; said, never faked. */
export function unsupported(what: string): ApiError {
  return new ApiError(501, "unsupported_error", `${what} is not available in the lab`);
}

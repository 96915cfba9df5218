import type { Expectation } from "./resource.ts";

/** What came of a request: the proxy's own refusal, an answer of the service, or nothing that can be called one. */
export interface Answer {
  kind: "served" | "refused" | "failing" | "unanswered" | "untrusted";
  /** For messages: `403 (mesh-only)`, `no answer (connection refused)`. */
  text: string;
}

/** Header by which the proxy says that it answered itself, and why. */
export const REFUSAL = "proxy-refusal";

/**
 * Judges an answer. A 403 of the service itself is no refusal: the service was reached. A gateway's error is no answer of
 * the service, and 501 or 505 to a method that it does not know is one.
 */
export function judge(status: number, refusal: string | undefined, certificateFault?: string): Answer {
  if (refusal !== undefined) return { kind: "refused", text: `${status} (${refusal})` };
  if (certificateFault !== undefined) {
    return { kind: "untrusted", text: `${status} with a certificate that is not trusted (${certificateFault})` };
  }
  if ([502, 503, 504].includes(status)) {
    return { kind: "unanswered", text: `${status}: the proxy does not reach the service` };
  }
  if (status >= 500 && status !== 501 && status !== 505) return { kind: "failing", text: `${status}` };
  return { kind: "served", text: `${status}` };
}

export function unanswered(why: string): Answer {
  return { kind: "unanswered", text: `no answer (${why})` };
}

/** Whether that is what was expected. Whoever is to be refused may as well find nobody there. */
export function meets(answer: Answer, wanted: Expectation): boolean {
  if (wanted === "served") return answer.kind === "served";
  return answer.kind === "refused" || answer.text.startsWith("no answer");
}

/** The answer in the words of the inputs, where it is what was expected; else what it is instead. */
export function observed(answer: Answer, wanted: Expectation): string {
  return meets(answer, wanted) ? wanted : answer.kind;
}

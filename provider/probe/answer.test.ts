import { describe, expect, test } from "vitest";
import { judge, meets, observed, unanswered } from "./answer.ts";

const cases = [
  { what: "a page", answer: judge(200, undefined), served: true, refused: false },
  { what: "a redirect", answer: judge(302, undefined), served: true, refused: false },
  { what: "a 404 of the service", answer: judge(404, undefined), served: true, refused: false },
  { what: "a 403 of the service itself", answer: judge(403, undefined), served: true, refused: false },
  { what: "a method it does not know", answer: judge(501, undefined), served: true, refused: false },
  { what: "the proxy's 403", answer: judge(403, "mesh-only"), served: false, refused: true },
  { what: "the proxy's 403, not trusted", answer: judge(403, "mesh-only", "EXPIRED"), served: false, refused: true },
  { what: "nobody", answer: unanswered("connection refused"), served: false, refused: true },
  { what: "a gateway error", answer: judge(502, undefined), served: false, refused: false },
  { what: "a failing service", answer: judge(500, undefined), served: false, refused: false },
  { what: "an expired certificate", answer: judge(200, undefined, "EXPIRED"), served: false, refused: false },
];

describe("what counts as served and as refused", () => {
  test.each(cases)("$what", ({ answer, served, refused }) => {
    expect(meets(answer, "served")).toBe(served);
    expect(meets(answer, "refused")).toBe(refused);
  });
});

test("an answer as expected is no difference, whichever way it was given", () => {
  expect(observed(unanswered("connection refused"), "refused")).toBe("refused");
  expect(observed(judge(404, undefined), "served")).toBe("served");
  expect(observed(judge(200, undefined), "refused")).toBe("served");
  expect(observed(unanswered("connection refused"), "served")).toBe("unanswered");
});

import type { Session } from "../transport/session.ts";
import { type Answer, meets, observed } from "./answer.ts";
import { type ProbeInputs, VANTAGES, type Vantage } from "./inputs.ts";
import { askOutside } from "./outside.ts";
import type { Expectation } from "./resource.ts";
import { askScript, parseAnswers } from "./script.ts";

/** One request from one vantage to one address, with what came of it. */
export interface Finding {
  name: string;
  vantage: Vantage;
  address: string;
  wanted: Expectation;
  answer: Answer;
}

type Errand = Omit<Finding, "answer">;

/** Everything that is to be tried. Pure. */
export function errandsOf({ routes, addresses }: Pick<ProbeInputs, "routes" | "addresses">): Errand[] {
  return Object.entries(routes).flatMap(([name, route]) =>
    VANTAGES.flatMap((vantage) => {
      const wanted = route[vantage];
      if (wanted === undefined) return [];
      return (addresses[vantage] ?? []).map((address) => ({ name, vantage, address, wanted }));
    }),
  );
}

/** Tries everything once, from all sides at the same time. */
export async function tryRoutes(session: Session, inputs: ProbeInputs): Promise<Finding[]> {
  const errands = errandsOf(inputs);
  const outside = errands.filter(({ vantage }) => vantage === "outside");
  const inside = errands.filter(({ vantage }) => vantage !== "outside");
  const [fromOutside, fromInside] = await Promise.all([
    Promise.all(outside.map((errand) => askOutside(requestOf(inputs, errand), errand.address, inputs.trust))),
    askInside(session, inputs, inside),
  ]);
  const answers = new Map<Errand, Answer>([
    ...outside.map((errand, index) => [errand, fromOutside[index] as Answer] as const),
    ...inside.map((errand, index) => [errand, fromInside[index] as Answer] as const),
  ]);
  return errands.map((errand) => ({ ...errand, answer: answers.get(errand) as Answer }));
}

async function askInside(session: Session, inputs: ProbeInputs, errands: Errand[]): Promise<Answer[]> {
  if (errands.length === 0) return [];
  const asked = errands.map((errand) => ({
    request: requestOf(inputs, errand),
    address: errand.address,
    ...(errand.vantage === "container" && { container: inputs.container }),
  }));
  const answers = parseAnswers(await session.run("try the routes", askScript(asked)), asked);
  if (answers) return answers;
  throw session.fail("curl is not installed, and the routes are tried with it. Add it to the host's Packages.");
}

function requestOf(inputs: ProbeInputs, { name }: Errand) {
  const request = inputs.routes[name];
  if (!request) throw new Error(`no route ${name}`);
  return request;
}

export function failures(findings: readonly Finding[]): Finding[] {
  return findings.filter(({ answer, wanted }) => !meets(answer, wanted));
}

/** Somebody is let in who should not be: nothing that time mends. */
export function isExposure(finding: Finding): boolean {
  return finding.wanted === "refused" && !meets(finding.answer, finding.wanted);
}

/** The routes as they were found, in the words of the inputs; where addresses differ, what is wrong counts. */
export function routesAsFound(inputs: ProbeInputs, findings: readonly Finding[]): Record<string, object> {
  return Object.fromEntries(
    Object.entries(inputs.routes).map(([name, route]) => {
      const found = VANTAGES.flatMap((vantage) => {
        const here = findings.filter((finding) => finding.name === name && finding.vantage === vantage);
        const shown = failures(here)[0] ?? here[0];
        return shown ? [[vantage, observed(shown.answer, shown.wanted)] as const] : [];
      });
      return [name, { ...route, ...Object.fromEntries(found) }];
    }),
  );
}

/** A line per fault: `n8n.example.org/ from outside (203.0.113.10): 200, but …`. */
export function report(faults: readonly Finding[]): string {
  return faults
    .map((finding) => {
      const { name, vantage, address, wanted, answer } = finding;
      const place = { outside: "outside", mesh: "the mesh", container: "a container" }[vantage];
      const meant = wanted === "served" ? "but it has to be served there" : "but the proxy has to refuse it there";
      return `  ${name} from ${place} (${address}): ${answer.text}, ${meant}`;
    })
    .join("\n");
}

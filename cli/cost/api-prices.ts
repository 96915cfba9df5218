import { type PriceTable, type Pricing, pricesFrom } from "../../components/cost/prices.ts";
import { UserError } from "../errors.ts";

/** How long an answer is waited for. */
const PATIENCE_MS = 10_000;

/**
 * Asks the API for today's prices.
 *
 * @param access - The API's endpoint (`https://api.hetzner.cloud/v1`) and a token; one that may only read is enough.
 * @throws UserError when it does not answer, refuses the token, or bills in another currency than EUR.
 */
export async function fetchPrices(
  access: { endpoint: string; token: string },
  patience = PATIENCE_MS,
): Promise<PriceTable> {
  const url = `${access.endpoint}/pricing`;
  const remedy = "Leave the token out, or say --prices pinned, to use the pinned table.";
  let answer: Response;
  let said: unknown;
  try {
    const headers = { Authorization: `Bearer ${access.token}` };
    answer = await fetch(url, { headers, signal: AbortSignal.timeout(patience) });
    said = answer.ok ? await answer.json() : undefined;
  } catch (error) {
    throw new UserError(`prices could not be had: ${url} does not answer (${(error as Error).message}).`, remedy);
  }
  if (!answer.ok) throw new UserError(`prices could not be had: ${url} answered ${answer.status}.`, remedy);
  const { pricing } = (said ?? {}) as { pricing?: Pricing };
  if (!pricing) throw new UserError(`prices could not be had: ${url} answered without any.`, remedy);
  if (pricing.currency !== "EUR") throw new UserError(`${url} has prices in ${pricing.currency}, not in EUR.`, remedy);
  return pricesFrom(pricing);
}

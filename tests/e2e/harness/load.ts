import { Agent } from "node:https";
import { ask } from "./ask.ts";

export interface Load {
  /** How many requests were begun each second, in fact. */
  perSecond: number;
  /** What became of the requests that were not answered with 200: a status, or why there was none. */
  lost: (number | string)[];
}

/**
 * Asks a proxy for a hostname while something else is done. One request in four is a POST, one in four comes without a
 * kept connection.
 *
 * @param rate requests per second
 */
export async function underLoad(
  { address, hostname, rate }: { address: string; hostname: string; rate: number },
  work: () => Promise<void>,
): Promise<Load> {
  const kept = new Agent({ keepAlive: true, maxSockets: 32 });
  const asked: Promise<number | string>[] = [];
  const started = performance.now();
  // As many as are due, however late this machine's clock ticks: whoever asks does not wait for answers.
  const timer = setInterval(() => {
    while (asked.length < ((performance.now() - started) * rate) / 1000) {
      const number = asked.length;
      const body = number % 4 === 1 ? Buffer.from("the body of a webhook") : undefined;
      const options = { ...(number % 4 > 0 && { agent: kept }), ...(body && { method: "POST", body }) };
      asked.push(
        ask(address, `https://${hostname}/${number}`, options).then(
          ({ status }) => status,
          (error: Error) => error.message,
        ),
      );
    }
  }, 5);
  try {
    await work();
  } finally {
    clearInterval(timer);
  }
  const perSecond = asked.length / ((performance.now() - started) / 1000);
  const answers = await Promise.all(asked);
  kept.destroy();
  return { perSecond, lost: answers.filter((answer) => answer !== 200) };
}

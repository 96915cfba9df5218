/** `fetch` with the whole of the answer, within the same limit of time: one that stops in the middle is none. */
export async function fetchWhole(url: string, options: RequestInit): Promise<Response> {
  const answer = await fetch(url, options);
  const body = await answer.arrayBuffer();
  return new Response(body.byteLength > 0 ? body : null, answer);
}

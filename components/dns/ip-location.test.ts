import { expect, test } from "vitest";
import { ipLocation } from "./ip-location.ts";

type Handler = { fetch(request: Request): Promise<Response> };

async function ask(cf: object | undefined, method = "POST"): Promise<Response> {
  const module = (await import(`data:text/javascript,${encodeURIComponent(ipLocation)}`)) as { default: Handler };
  return module.default.fetch(Object.assign(new Request("https://location.example.org/", { method }), { cf }));
}

test("says where the asking address is, in GeoClue's words", async () => {
  const cf = { latitude: "48.85341", longitude: "2.3488", country: "FR", city: "Paris", timezone: "Europe/Paris" };
  const answer = await ask(cf);
  expect(answer.headers.get("cache-control")).toBe("no-store");
  expect(await answer.json()).toEqual({
    location: { lat: 48.85341, lng: 2.3488 },
    accuracy: 25000,
    country: "FR",
    city: "Paris",
    timezone: "Europe/Paris",
  });
});

test("says so where nobody knows", async () => {
  for (const cf of [undefined, { country: "T1" }]) {
    const answer = await ask(cf, "GET");
    expect(answer.status).toBe(404);
    expect(await answer.json()).toMatchObject({ error: { code: 404, message: "Not found" } });
  }
  expect((await ask({}, "DELETE")).status).toBe(405);
});

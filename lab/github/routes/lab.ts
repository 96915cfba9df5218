/** `/_lab`: what only tests use; GitHub has nothing of it. */
import { Hono } from "hono";
import { type Faults, faultSchema } from "../faults.ts";
import { readBody } from "../input.ts";

export function labRoutes(faults: Faults): Hono {
  return new Hono()
    .get("/faults", (c) => c.json({ faults: faults.list() }))
    .post("/faults", async (c) => c.json({ fault: faults.add(await readBody(c, faultSchema, "Fault")) }, 201))
    .delete("/faults", (c) => {
      faults.clear();
      return c.body(null, 204);
    });
}

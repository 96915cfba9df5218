/** `/_lab`: what only tests and the lab itself use; the real cloud has nothing of it. */
import { Hono } from "hono";
import { z } from "zod";
import type { Cloud } from "../cloud.ts";
import { faultSchema } from "../faults.ts";
import { readBody } from "../input.ts";

export function labRoutes(cloud: Cloud): Hono {
  return new Hono()
    .get("/health", (c) => c.json({ ready: true, pid: process.pid }))
    .get("/faults", (c) => c.json({ faults: cloud.faults.list() }))
    .post("/faults", async (c) => c.json({ fault: cloud.faults.add(await readBody(c, faultSchema)) }, 201))
    .delete("/faults", (c) => {
      cloud.faults.clear();
      return c.body(null, 204);
    })
    .delete("/faults/:id", (c) => {
      cloud.faults.remove(Number(c.req.param("id")));
      return c.body(null, 204);
    })
    .put("/rate-limit", async (c) => {
      const body = await readBody(c, z.object({ remaining: z.number().min(0) }));
      cloud.rateLimit.setRemaining(body.remaining);
      return c.body(null, 204);
    });
}

/** The API as a program: `node server.ts <port>`. Everything else it needs comes from the lab's state folder. */
import { serve } from "@hono/node-server";
import { createDriver } from "../hosts/docker-driver.ts";
import { watchReboots } from "../hosts/reboots.ts";
import { labRoot } from "../places.ts";
import { createApp } from "./app.ts";
import { createCloud } from "./cloud.ts";
import { apiFiles, labName, readToken } from "./files.ts";
import { resumeCloud } from "./power.ts";
import { Store } from "./store.ts";
import { claimSubnet } from "./subnet-claim.ts";

const files = apiFiles(labRoot());
const log = (line: string): void => console.error(`${new Date().toISOString()} ${line}`);
const cloud = createCloud({
  store: new Store(files.state),
  driver: createDriver(labName()),
  subnet: claimSubnet(labName(), labRoot()),
  log,
});
const app = createApp(cloud, readToken(files));
await resumeCloud(cloud);
const server = serve({ fetch: app.fetch, hostname: "127.0.0.1", port: Number(process.argv[2]) });
const stopWatching = watchReboots(labName(), (error) => log(`watching for reboots: ${error.message}`));

for (const signal of ["SIGTERM", "SIGINT"] as const) {
  process.once(signal, async () => {
    server.close();
    stopWatching();
    // Clients keep connections open; what they wait for has ended by now, or goes on after the next start.
    await cloud.actions.idle();
    process.exit(0);
  });
}

import { fstatSync } from "node:fs";
import { enableCompileCache, flushCompileCache } from "node:module";
import packageJson from "../package.json" with { type: "json" };

// Most of a short run is the loading of modules; what they compile to is kept between runs.
enableCompileCache();

const { serve } = await import("./engine/server.ts");
const { resourceTypes } = await import("./types.ts");

const engineAddress = process.argv.slice(2).find((argument) => !argument.startsWith("-"));
const port = await serve(resourceTypes, packageJson.version, engineAddress);

// The engine reads the port from the first line, and holds a pipe to the plugin for as long as it lives. One that was
// killed must not leave a plugin behind that goes on changing hosts beside the next run.
process.stdout.write(`${port}\n`);
// Node keeps what it compiled when a process ends, but the engine kills its plugins.
flushCompileCache();
if (engineAddress !== undefined && fstatSync(0).isFIFO()) process.stdin.on("end", () => process.exit(1)).resume();

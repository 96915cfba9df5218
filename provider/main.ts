import { enableCompileCache } from "node:module";
import packageJson from "../package.json" with { type: "json" };

// Most of a short run is the loading of modules; what they compile to is kept between runs.
enableCompileCache();

const { serve } = await import("./engine/server.ts");
const { resourceTypes } = await import("./types.ts");

const engineAddress = process.argv.slice(2).find((argument) => !argument.startsWith("-"));
const port = await serve(resourceTypes, packageJson.version, engineAddress);

// The engine reads the port from the first line; it ends the plugin by closing its side.
process.stdout.write(`${port}\n`);

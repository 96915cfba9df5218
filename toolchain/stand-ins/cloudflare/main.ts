import { serve } from "./server.ts";

const engineAddress = process.argv.slice(2).find((argument) => !argument.startsWith("-"));
// The engine reads the port from the first line.
process.stdout.write(`${await serve(engineAddress)}\n`);

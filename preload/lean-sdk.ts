/**
 * Spares the program what it never uses of the Pulumi SDK: half of the SDK's start is the Automation API and the
 * serialisation of functions, with TypeScript's compiler and npm's dependency resolver. Those parts are loaded when
 * something of them is first used, so nothing is missing. Types that are only stripped move nothing, so stack traces are
 * right without source maps.
 */
import { createRequire, Module } from "node:module";

const sdk = createRequire(createRequire(import.meta.url).resolve("@pulumi/pulumi"));

for (const part of ["./automation", "./typescript-shim", "@npmcli/arborist", "source-map-support/register"]) {
  postpone(sdk.resolve(part));
}

// The SDK takes a stack trace for every promise, for reports of leaks, from an error without a message. Those are left
// out; others are written as Node writes them.
Error.prepareStackTrace = (error, frames) => (error.message ? [error, ...frames].join("\n    at ") : "");

// It also sends the engine three debug messages per resource, which is most of the calls of a preview.
if (!process.env["QUAYSIDE_SDK_DEBUG"]) Object.assign(sdk("./log") as object, { debug: () => Promise.resolve() });

/** Puts a module into the module cache that turns into the real one when a property of it is asked for. */
function postpone(file: string): void {
  let loaded: Record<PropertyKey, unknown> | undefined;
  const real = () => {
    if (!loaded) {
      delete sdk.cache[file];
      loaded = sdk(file) as Record<PropertyKey, unknown>;
    }
    return loaded;
  };
  const stand = new Module(file);
  Object.assign(stand, { filename: file, loaded: true });
  stand.exports = new Proxy(
    {},
    {
      get(_, key) {
        // Asked by whoever imports it, before anything of it is used: a module that says yes is taken as it is.
        if (key === "__esModule") return true;
        return key === "default" && !real()["__esModule"] ? real() : real()[key];
      },
      has: (_, key) => key in real(),
      ownKeys: () => Reflect.ownKeys(real()),
      getOwnPropertyDescriptor: (_, key) => ({ configurable: true, enumerable: true, value: real()[key] }),
    },
  );
  sdk.cache[file] = stand;
}

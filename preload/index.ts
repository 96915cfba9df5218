/**
 * Loaded by Node before everything else: `nodeargs: --import ./preload/index.ts` in Pulumi.yaml, or `--import
 * quayside/preload` where the package is used. A program runs without it, too, and starts later.
 */
import { enableCompileCache } from "node:module";

// What the SDK's five hundred modules and the stack's compile to is kept between runs.
enableCompileCache();

await import("./wake-provider.ts");
await import("./lean-sdk.ts");

/** Where Node begins with `quay`. What the rest compiles to is kept between runs, which halves the time to its start. */
import { enableCompileCache } from "node:module";
import { compileCache } from "../toolchain/places.ts";

enableCompileCache(compileCache());
await import("./program.ts");

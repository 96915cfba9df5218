import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: "unit",
          include: [
            "{bench,cli,components,docs,lab,preload,provider,secrets,toolchain}/**/*.test.ts",
            "tests/{unit,package}/**/*.test.ts",
          ],
        },
      },
      {
        test: {
          name: "preview",
          include: ["tests/preview/**/*.test.ts"],
          testTimeout: 120_000,
          hookTimeout: 120_000,
        },
      },
      {
        test: {
          name: "e2e",
          include: ["tests/{e2e,faults}/**/*.test.ts"],
          // Each file has hosts of its own and mostly waits for them; more at once crowd out two cores.
          maxWorkers: 2,
          testTimeout: 300_000,
          hookTimeout: 600_000,
        },
      },
    ],
  },
});

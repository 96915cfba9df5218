import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: "unit",
          include: [
            "{components,provider,lab,toolchain,cli,secrets,stacks}/**/*.test.ts",
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
          // One lab on one machine: the files share its hosts and would disturb each other.
          fileParallelism: false,
          testTimeout: 300_000,
          hookTimeout: 600_000,
        },
      },
    ],
  },
});

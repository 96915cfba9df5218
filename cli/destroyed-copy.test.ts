import { expect, it } from "vitest";
import { removeEmptied } from "./destroyed-copy.ts";

/** An engine whose stack has these resources. @returns the commands that it was given, and what was said */
async function after(resources: unknown[] | undefined, rm = { code: 0, stderr: "" }) {
  const [commands, said]: [string[], string[]] = [[], []];
  await removeEmptied({
    ...{ stack: "preprod-pr-12", settings: undefined },
    pulumi: async (command) => {
      commands.push(command.join(" "));
      const stdout = JSON.stringify({ version: 3, deployment: { ...(resources && { resources }) } });
      return command[1] === "export" ? { code: 0, stdout, stderr: "" } : { ...rm, stdout: "" };
    },
    say: (line) => said.push(line),
  });
  return { commands, said };
}

it("an empty stack goes, and never by force", async () => {
  for (const none of [undefined, []]) {
    const { commands, said } = await after(none);
    expect(commands).toEqual(["stack export", "stack rm --yes --preserve-config --remove-backups"]);
    expect(said).toEqual(["took the empty stack preprod-pr-12 out of the backend."]);
  }
});

it("a stack that still has something stays", async () => {
  expect(await after([{ urn: "urn", type: "type" }])).toEqual({ commands: ["stack export"], said: [] });
});

it("a backend that does not let go of it is told of", async () => {
  expect((await after([], { code: 1, stderr: "error: locked\n" })).said[0]).toMatch(
    /still in the backend: error: locked$/,
  );
});

import { readFileSync } from "node:fs";
import { Command } from "commander";
import { expect, it } from "vitest";
import { registerSetup } from "./commands/setup.ts";
import { registerStackCommands } from "./commands/stack.ts";
import { arrangeHelp, GROUPS } from "./help.ts";

function arranged(): Command {
  const program = new Command("quay").enablePositionalOptions();
  registerSetup(program);
  registerStackCommands(program);
  program.command("new").description("what nobody sorted in");
  arrangeHelp(program);
  return program;
}

it("lists commands in groups, in a line each that fits a terminal of 80 columns", () => {
  const help = arranged().helpInformation();
  expect(help).toMatch(/^This machine:\n {2}setup +get what stacks need/m);
  expect(help).toMatch(/^A stack .*:\n {2}preview <stack> +show what would change/m);
  expect(help).toContain("what nobody sorted in");
  for (const line of help.split("\n")) expect(line.length, line).toBeLessThanOrEqual(80);
});

it("has no command that the shell before it does not know: that one is refused where nothing is set up yet", () => {
  const shell = readFileSync(new URL("../quay", import.meta.url), "utf8");
  const known = [...shell.matchAll(/^([a-z][a-z |-]*)\)/gm)].flatMap(([, names = ""]) => names.split(" | "));
  expect(known).toEqual(expect.arrayContaining(Object.values(GROUPS).flat()));
});

it("says what is wrong and where to look, rather than the whole help", () => {
  const said = (...args: string[]): string => {
    const written: string[] = [];
    const program = arranged();
    for (const command of [program, ...program.commands]) {
      command.exitOverride().configureOutput({ writeErr: (text) => written.push(text) });
    }
    expect(() => program.parse(args, { from: "user" })).toThrow();
    return written.join("");
  };
  expect(said("preveiw", "prod")).toBe(
    "quay: unknown command 'preveiw'\n(Did you mean preview?)\n      more about it: quay --help\n",
  );
  expect(said("preview")).toBe(
    "quay: missing required argument 'stack'\n      usage: quay preview [options] <stack> [options...]\n      more about it: quay preview --help\n",
  );
});

it("shows examples with the command that they are of", () => {
  const shown: string[] = [];
  const program = arranged();
  const setup = program.commands.find((command) => command.name() === "setup");
  setup?.configureOutput({ writeOut: (text) => shown.push(text) });
  setup?.outputHelp();
  expect(shown.join("")).toMatch(/--lab +what the lab needs[\s\S]*Examples:\n {2}\.\/quay setup +says/);
});

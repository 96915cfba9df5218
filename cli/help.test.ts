import { Command } from "commander";
import { expect, it } from "vitest";
import { registerSetup } from "./commands/setup.ts";
import { registerStackCommands } from "./commands/stack.ts";
import { arrangeHelp } from "./help.ts";

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

it("shows examples with the command that they are of", () => {
  const shown: string[] = [];
  const program = arranged();
  const setup = program.commands.find((command) => command.name() === "setup");
  setup?.configureOutput({ writeOut: (text) => shown.push(text) });
  setup?.outputHelp();
  expect(shown.join("")).toMatch(/--lab +what the lab needs[\s\S]*Examples:\n {2}\.\/quay setup +says/);
});

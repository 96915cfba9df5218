/** What `--help` says beyond the commands' own words: groups, and examples. */
import type { Command, Help } from "commander";

/** By heading; a command that is in none stands under the last. */
export const GROUPS: Readonly<Record<string, readonly string[]>> = {
  "This machine:": ["try", "test", "setup", "lab", "doctor"],
  "A stack (prod, preprod, lab ...):": [
    ...["preview", "up", "destroy", "refresh", "drift", "report", "diagram", "cost"],
    ...["mesh", "secrets", "env"],
  ],
  "Pull requests and what is there for a while:": ["pull-request", "plan", "reap"],
};

/** In a few words, for the list of all. */
const SUMMARIES: Readonly<Record<string, string>> = {
  try: "everything once, in a lab on this machine, at no cost",
  test: "run all tests",
  setup: "get what stacks need: Node, packages, engine, plugins",
  lab: "the cloud on this machine: start, status, stop, reset",
  doctor: "what does not work here, with its remedy",
  preview: "show what would change; touches no host",
  up: "apply a stack",
  destroy: "remove what a stack made",
  refresh: "read what is there into the stack's state",
  drift: "what is not as it was deployed",
  report: "one page: topology, exposure, cost, drift, certificates, backups",
  diagram: "who can reach what from where, as SVG or Mermaid",
  cost: "EUR a month, now and after the next up",
  mesh: "let people's devices into the mesh",
  secrets: "encrypted secrets: check, init, get, set, rotate, edit",
  env: "what plain pulumi needs, as export lines",
  "pull-request": "its comment: what changes, what it exposes, what it costs",
  plan: "save what would be done, and later do exactly that",
  reap: "destroy what has outlived its lifetime",
};

const EXAMPLES: Readonly<Record<string, readonly (readonly [string, string])[]>> = {
  try: [["./quay try --yes", "asks nothing"]],
  test: [
    ["./quay test --quick", "under a minute; needs neither root nor Docker"],
    ["./quay test --yes", "everything, in labs that it makes and removes"],
  ],
  setup: [
    ["./quay setup", "says what it installs, and asks first"],
    ["./quay setup --lab --yes", "for the lab, too; needs root or sudo"],
  ],
  preview: [
    ["./quay preview prod --diff", "property by property"],
    ["./quay preview prod --config quayside:hello=1.1.0", "with a setting for this once"],
  ],
  up: [
    ["./quay up prod", "shows it, asks, does it"],
    ["./quay up prod --refresh", "repairs what has drifted, too"],
    ["./quay up lab --yes --skip-preview", "asks nothing"],
  ],
  destroy: [
    ["./quay destroy preprod-pr-12", "one copy of preprod"],
    ["./quay destroy --if-exists preprod-pr-12", "also when that was done before"],
  ],
  refresh: [["./quay refresh prod", "what it finds becomes what was deployed"]],
  drift: [
    ["./quay drift prod", "for people"],
    ["./quay drift prod --json", "for programs"],
  ],
  report: [
    ["./quay report prod --out prod.html", "then open prod.html"],
    ["./quay report prod --no-look --out prod.html", "without network: what is declared"],
  ],
  diagram: [["./quay diagram prod --out prod.svg", "light and dark"]],
  cost: [["./quay cost prod --prices pinned", "without asking Hetzner"]],
  doctor: [
    ["./quay doctor", "this machine"],
    ["./quay doctor prod", "prod's keys, backend and hosts, too"],
  ],
  env: [['eval "$(./quay env prod)"; pulumi stack --stack prod', "plain pulumi from here on"]],
  reap: [
    ["./quay reap", "shows what has expired, and asks"],
    ["./quay reap --yes", "for a schedule"],
  ],
};

/** Puts the commands of a program in order, for those who read its help. */
export function arrangeHelp(program: Command): void {
  program.addHelpText("after", "\nMore about one of them: quay <command> --help");
  program.commandsGroup("This machine:").helpCommand("help [command]", "the same as --help");
  const last = Object.keys(GROUPS).at(-1) ?? "Commands:";
  for (const command of program.commands) {
    const name = command.name();
    const group = Object.entries(GROUPS).find(([, names]) => names.includes(name))?.[0];
    command.helpGroup(group ?? last);
    command.summary(SUMMARIES[name] ?? command.description());
    const examples = EXAMPLES[name] ?? [];
    if (examples.length > 0) command.addHelpText("after", renderExamples(examples));
  }
  tidy(program, program.name());
}

function tidy(command: Command, path: string): void {
  command.configureHelp({ subcommandTerm: termOf });
  // What is wrong has to stay in view: not the whole help after it.
  command.configureOutput({ outputError: (text, write) => write(text.replace(/^error: /, "quay: ")) });
  const usage = command.commands.length > 0 ? "" : `usage: ${path} ${command.usage()}\n      `;
  command.showHelpAfterError(`      ${usage}more about it: ${path} --help`);
  for (const inner of command.commands) tidy(inner, `${path} ${inner.name()}`);
}

/** `up <stack>`: that there are options, too, goes without saying. */
function termOf(this: Help, command: Command): string {
  const names = command.registeredArguments
    .filter((argument) => argument.name() !== "options")
    .map((argument) => this.argumentTerm(argument))
    .map((name, index) => (command.registeredArguments[index]?.required ? `<${name}>` : `[${name}]`));
  return [command.name(), ...names].join(" ");
}

function renderExamples(examples: readonly (readonly [string, string])[]): string {
  const width = Math.max(...examples.map(([line]) => line.length));
  return ["", "Examples:", ...examples.map(([line, what]) => `  ${line.padEnd(width)}  ${what}`)].join("\n");
}

/**
 * A rule as iptables prints it, as UFW writes it and as a person types it, brought to one form: options in one order,
 * defaults left out. Two rules with the same signature do the same.
 */
export function signature(line: string): string {
  const words = line.match(/"(?:[^"\\]|\\.)*"|\S+/g) ?? [];
  const options: string[][] = [];
  let negated = false;
  for (const word of words) {
    if (word === "!") negated = true;
    else if (/^--?[a-zA-Z]/.test(word)) {
      options.push([negated ? `! ${word}` : word]);
      negated = false;
    } else options.at(-1)?.push(word.replace(/^"(.*)"$/, "$1"));
  }
  return options
    .map(([option = "", ...values]) => normalise(option, values.join(" ")))
    .filter((option) => option !== undefined)
    .sort()
    .join(" ");
}

const DEFAULTS = new Set([
  "--reject-with icmp-port-unreachable",
  "--reject-with icmp6-port-unreachable",
  "--rsource",
  "--name DEFAULT",
  "--limit-burst 5",
]);

function normalise(option: string, value: string): string | undefined {
  if (option === "-m" || option === "--mask") return undefined;
  const plain = /^(! )?-[sd]$/.test(option) ? value.replace(/\/32$|\/128$/, "") : value;
  const text = plain ? `${option} ${plain}` : option;
  return DEFAULTS.has(text) ? undefined : text;
}

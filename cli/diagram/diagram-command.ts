import type { Command } from "commander";
import { UserError } from "../errors.ts";
import { platformOf } from "../plan-model/platform.ts";
import { resourcesAfter } from "../plan-model/preview.ts";
import { refuseTerminal, writeResult } from "../result.ts";
import { type PreviewSource, stackPreview, withPreviewOptions } from "../stack-preview.ts";
import { renderMermaid } from "./mermaid.ts";
import { renderSvg } from "./svg.ts";
import { type Topology, topologyOf } from "./topology.ts";

interface DiagramOptions extends PreviewSource {
  format: string;
  out?: string;
  json?: boolean;
}

/** Adds `diagram`: who can reach what from where, drawn from what the stack declares. */
export function registerDiagram(program: Command): void {
  withPreviewOptions(program.command("diagram"))
    .description("who can reach what from where, as the stack declares it")
    .option("--format <format>", "svg or mermaid", "svg")
    .option("--out <file>", "write it there instead of printing it")
    .option("--json", "the graph itself: sources, hosts, services and edges")
    .action(async (stack: string, options: DiagramOptions) => {
      const { format, out, json } = options;
      if (format !== "svg" && format !== "mermaid") {
        throw new UserError(`--format is ${JSON.stringify(format)}; svg or mermaid are allowed.`);
      }
      if (out === undefined && !json && format === "svg") refuseTerminal("a drawing (SVG)", `${stack}.svg`);
      const topology = topologyOf(platformOf(resourcesAfter(await stackPreview(stack, options))));
      const text = json ? `${JSON.stringify(topology, null, 2)}\n` : await rendered(stack, topology, format);
      writeResult(text, out);
    });
}

function rendered(stack: string, topology: Topology, format: "svg" | "mermaid"): Promise<string> | string {
  return format === "mermaid"
    ? renderMermaid(topology)
    : renderSvg(topology, { title: `${stack}: who can reach what from where` });
}

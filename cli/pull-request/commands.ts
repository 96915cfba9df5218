import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import type { Command } from "commander";
import { runChild } from "../child.ts";
import { pricesFor } from "../cost-command.ts";
import { UserError } from "../errors.ts";
import { changesOf } from "../plan-model/changes.ts";
import { PREVIEW_ARGS, previewJson } from "../plan-model/take-preview.ts";
import { kindOf } from "../stack-kind.ts";
import { checkStack } from "../stack-preview.ts";
import { MARKER, renderComment, summaryOf } from "./comment.ts";
import { pullRequestOf, putComment, type Repository } from "./github.ts";
import { knowsState, loadPreviews, savePreview } from "./previews-folder.ts";

interface RenderOptions {
  commit?: string;
  prices: string;
}

/** Adds `pull-request preview | render | comment`. */
export function registerPullRequest(program: Command): void {
  const group = program
    .command("pull-request")
    .description("what a pull request changes, exposes and costs, as its comment");
  registerPreview(group);
  registerRender(group);
  registerComment(group);
}

function registerPreview(group: Command): void {
  group
    .command("preview")
    .description("preview stacks into a folder; touches no host, needs no key and no token")
    .argument("<stacks...>", "prod, preprod ...")
    .requiredOption("--out <folder>", "where the previews go; secrets are masked in them")
    .option("--base <checkout>", "a checkout of the base branch, for stacks whose state cannot be read here")
    .action(async (stacks: string[], { out, base }: { out: string; base?: string }) => {
      for (const stack of stacks) checkStack(stack);
      if (base !== undefined && !existsSync(join(base, "quay"))) {
        throw new UserError(`--base is ${base}, which is no checkout of this repository.`);
      }
      for (const stack of stacks) await previewInto(out, stack, base);
    });
}

async function previewInto(out: string, stack: string, base: string | undefined): Promise<void> {
  const head = await previewJson(stack);
  savePreview(out, stack, "head", head);
  if (base === undefined || knowsState(stack, head)) return;
  // The base's own code, by its own quay: its components may differ as much as its stacks.
  const quay = join(resolve(base), "quay");
  const isThere = existsSync(join(base, "stacks", `${kindOf(stack)}.ts`));
  const run = isThere
    ? await runChild(quay, ["preview", stack, ...PREVIEW_ARGS], { cwd: resolve(base), output: "capture" })
    : { stdout: '{ "steps": [] }', stderr: "" };
  if (run.stdout.trim() === "") throw new UserError(`the preview of ${stack} in ${base} failed: ${run.stderr.trim()}`);
  savePreview(out, stack, "base", run.stdout);
}

function withRenderOptions(command: Command): Command {
  return command
    .argument("<folder>", "what `pull-request preview --out` made")
    .option("--commit <sha>", "the commit that was previewed")
    .option(
      "--prices <source>",
      "api (asks with HCLOUD_TOKEN), pinned, or auto: api where there is a token that it takes",
      "auto",
    );
}

async function commentOf(folder: string, { commit, prices }: RenderOptions): Promise<string> {
  return renderComment(loadPreviews(folder), { prices: await pricesFor(prices), ...(commit && { commit }) });
}

function registerRender(group: Command): void {
  withRenderOptions(group.command("render"))
    .description("print the comment, as Markdown")
    .option("--json", "changes, exposure and cost of each stack, as one JSON object")
    .action(async (folder: string, { json, ...options }: RenderOptions & { json?: boolean }) => {
      if (!json) {
        process.stdout.write(await commentOf(folder, options));
        return;
      }
      const prices = await pricesFor(options.prices);
      const stacks = loadPreviews(folder).map((stack) => ({
        ...summaryOf(stack, prices),
        changes: changesOf(stack.preview),
      }));
      process.stdout.write(`${JSON.stringify({ stacks }, null, 2)}\n`);
    });
}

interface CommentOptions extends RenderOptions {
  repository?: string;
  number?: string;
  head?: string;
}

function registerComment(group: Command): void {
  withRenderOptions(group.command("comment"))
    .description("write the comment, or replace the one that is there; needs GITHUB_TOKEN with `pull-requests: write`")
    .option("--repository <owner/name>", "default: GITHUB_REPOSITORY")
    .option("--number <number>", "the pull request")
    .option("--head <owner:branch>", "or: the branch that it is from, whose newest commit --commit names")
    .action(async (folder: string, options: CommentOptions) => {
      const on = repositoryOf(options);
      const number = await numberOf(on, options);
      if (number === undefined) {
        process.stdout.write(`no open pull request has ${options.commit} as its newest commit; nothing was written\n`);
        return;
      }
      const { url, updated } = await putComment(on, number, MARKER, await commentOf(folder, options));
      process.stdout.write(`${updated ? "updated" : "written"}: ${url}\n`);
    });
}

function repositoryOf({ repository = process.env["GITHUB_REPOSITORY"] }: CommentOptions): Repository {
  const token = process.env["GITHUB_TOKEN"];
  const faults = [
    ...(repository && /^[\w.-]+\/[\w.-]+$/.test(repository)
      ? []
      : ["--repository (or GITHUB_REPOSITORY) is owner/name"]),
    ...(token ? [] : ["GITHUB_TOKEN is a token that may write to pull requests"]),
  ];
  if (!repository || !token || faults.length > 0) throw new UserError(`missing: ${faults.join("; ")}.`);
  return { api: process.env["GITHUB_API_URL"] ?? "https://api.github.com", repository, token };
}

async function numberOf(on: Repository, { number, head, commit }: CommentOptions): Promise<number | undefined> {
  if (number !== undefined) {
    if (/^[1-9]\d*$/.test(number)) return Number(number);
    throw new UserError(`--number is ${JSON.stringify(number)}; the number of a pull request is needed.`);
  }
  if (head && commit) return pullRequestOf(on, head, commit);
  throw new UserError("which pull request? Give --number, or --head and --commit.");
}

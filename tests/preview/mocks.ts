import * as pulumi from "@pulumi/pulumi";
import { afterEach, beforeEach, expect } from "vitest";
import { DeclarationError } from "../../components/component.ts";
import { ExistingServer } from "../../components/server/existing-server.ts";

/** A resource as the engine would be told of it. */
export interface Declared {
  type: string;
  name: string;
  // biome-ignore lint/suspicious/noExplicitAny: a test says itself what it looks for
  inputs: any;
}

const declared: Declared[] = [];

/**
 * In every test of a file, records resources instead of making them. What a provider would add is left out.
 *
 * @param outputs that every resource has besides its inputs
 */
export function recordResources(outputs: Record<string, unknown> = {}): void {
  beforeEach(async () => {
    declared.length = 0;
    const monitor: pulumi.runtime.Mocks = {
      newResource: ({ type, name, inputs }) => {
        declared.push({ type, name, inputs });
        return { id: `${name}-id`, state: { digests: {}, stdout: "", ...outputs, ...inputs } };
      },
      call: () => ({}),
    };
    await pulumi.runtime.setMocks(monitor, "acme", "test", false);
  });
  // What a refused declaration left under way belongs to its own test.
  afterEach(() => pulumi.runtime.disconnect());
}

/** What is declared by `declare`, by name. */
export async function resourcesOf(declare: () => void): Promise<Record<string, Declared>> {
  declare();
  await pulumi.runtime.disconnect();
  return Object.fromEntries(declared.map((resource) => [resource.name, resource]));
}

/** The faults, as lines, of a declaration that has to be refused. */
export function faultsOf(declare: () => unknown): string[] {
  try {
    declare();
  } catch (error) {
    expect(error).toBeInstanceOf(DeclarationError);
    return (error as DeclarationError).faults.map(({ path, reason }) => `${path} ${reason}`);
  }
  throw new Error("the declaration was accepted");
}

const HOST_KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIDihGHupt2llbOiHqHb7AhrCpYYTMm20R+TfOHAIwu0s";

export function server(name = "core"): ExistingServer {
  return new ExistingServer(name, { address: "203.0.113.10", hostKey: HOST_KEY });
}

/** The emulated GitHub behind a port of this machine. */
import { serve } from "@hono/node-server";
import { createGitHub, type GitHubApp } from "./app.ts";
import { type GitHubOptions, GitHubState } from "./state.ts";

export interface RunningGitHub extends GitHubApp {
  /** What clients take for a GitHub Enterprise Server: `http://127.0.0.1:<port>/`. */
  url: string;
  close(): Promise<void>;
}

/** Starts it on a free port. */
export async function startGitHub(options: GitHubOptions): Promise<RunningGitHub> {
  const github = createGitHub(new GitHubState(options));
  return new Promise((resolve) => {
    const server = serve({ fetch: github.app.fetch, hostname: "127.0.0.1", port: 0 }, ({ port }) => {
      const close = () =>
        new Promise<void>((closed) => {
          server.close(() => closed());
          // Clients keep connections open.
          if ("closeAllConnections" in server) server.closeAllConnections();
        });
      resolve({ ...github, url: `http://127.0.0.1:${port}/`, close });
    });
  });
}

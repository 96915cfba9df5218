/** How Docker finds out, inside the container, whether a service serves. */
export interface HealthCheck {
  /** Command that exits 0 when it serves: `["CMD", …]` as it is, or `["CMD-SHELL", "…"]` through the image's shell. */
  test: readonly [kind: "CMD" | "CMD-SHELL", ...command: string[]];
  /** How often it is asked. @default "10s" */
  interval?: string;
  /** How long an answer may take. @default "5s" */
  timeout?: string;
  /** Failures in a row that make it unhealthy. @default 3 */
  retries?: number;
  /** How long it may take to start before failures count; until then it is asked every second. @default "30s" */
  startPeriod?: string;
}

/** How often and how patiently; the command comes from the helper. */
export type HealthTiming = Omit<HealthCheck, "test">;

/** Serves when a GET of `path` on `port` answers 2xx or 3xx. The image needs wget or curl. */
export function httpHealth(port: number, path = "/", timing: HealthTiming = {}): HealthCheck {
  const url = `'http://127.0.0.1:${port}${path.replaceAll("'", "%27")}'`;
  return {
    test: ["CMD-SHELL", `wget -q -T 4 -O /dev/null ${url} || curl -fsS -m 4 -o /dev/null ${url}`],
    ...timing,
  };
}

/** Serves when something accepts connections on `port`. The image needs nc or bash. */
export function tcpHealth(port: number, timing: HealthTiming = {}): HealthCheck {
  return {
    test: ["CMD-SHELL", `nc -z -w 4 127.0.0.1 ${port} || bash -c '</dev/tcp/127.0.0.1/${port}'`],
    ...timing,
  };
}

/** Serves when a command in the container exits 0. */
export function commandHealth(command: readonly string[], timing: HealthTiming = {}): HealthCheck {
  return { test: ["CMD", ...command], ...timing };
}

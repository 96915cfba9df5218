/** The seventy things that every tool keeps on the host: 60 small files and 10 systemd services. */

/** Made before anything is measured, so that no tool has to. */
export const FOLDER = "/etc/bench";

/** Path to content, some 200 bytes each. */
export const files: Readonly<Record<string, string>> = Object.fromEntries(
  numbers(60).map((number) => [
    `${FOLDER}/app-${number}.conf`,
    `# Settings of application ${number}\nname = app-${number}\nlisten = 127.0.0.1:80${number}\n${"log = journal\n".repeat(9)}`,
  ]),
);

/** Wanted enabled and running. */
export const units: readonly string[] = numbers(10).map((number) => `bench-${number}.service`);

/** What is there before: a folder, and unit files as a package would bring them. */
export function setUp(): string {
  const unit =
    "[Unit]\nDescription=Bench\n[Service]\nExecStart=/bin/sleep infinity\n[Install]\nWantedBy=multi-user.target\n";
  return [
    `mkdir -p ${FOLDER}`,
    ...units.map((name) => `printf '%s' '${unit}' >/etc/systemd/system/${name}`),
    "systemctl daemon-reload",
  ].join("\n");
}

/** Takes everything away that a tool has made. */
export function reset(): string {
  return `rm -f ${FOLDER}/*\nsystemctl disable --quiet --now ${units.join(" ")}`;
}

/** Changes one file and one service by hand. */
export function drift(): string {
  return `echo '# by hand' >>${Object.keys(files)[6]}\nsystemctl stop ${units[3]}`;
}

/** Takes the change by hand back. */
export function mend(): string {
  return `sed -i '$d' ${Object.keys(files)[6]}\nsystemctl start ${units[3]}`;
}

/** Prints what of the seventy is not as wanted, a line each. */
export function verify(): string {
  const checks = Object.entries(files).map(
    ([path, content]) =>
      `[ "$(cat ${path} 2>/dev/null)" = '${content.trim()}' ] && [ "$(stat -c %a:%U:%G ${path})" = 644:root:root ] || echo ${path}`,
  );
  const states = units.map(
    (unit) => `systemctl is-enabled --quiet ${unit} && systemctl is-active --quiet ${unit} || echo ${unit}`,
  );
  return [...checks, ...states].join("\n");
}

function numbers(count: number): string[] {
  return Array.from({ length: count }, (_, index) => String(index).padStart(2, "0"));
}

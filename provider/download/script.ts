import { createHash } from "node:crypto";
import { emitTo, q } from "../transport/shell.ts";
import type { DownloadInputs, DownloadState } from "./type.ts";

const FOLDER = "/var/lib/quayside/downloads";
/** Seconds that a fetch may take as a whole. */
const PATIENCE = 600;

/** What a download left on the host: where it was from, and what each of its files was then. */
interface Record_ {
  sha256: string;
  members: Record<string, string>;
}

/** The note about a download, named by the files that it is for. */
export function recordFile(files: Record<string, string>): string {
  const name = createHash("sha256").update(Object.keys(files).sort().join("\n")).digest("hex").slice(0, 16);
  return `${FOLDER}/${name}.json`;
}

/** Prints the note on one line, then digest, mode and path of each file that is there. */
export function observeDownload(files: Record<string, string>): string {
  const paths = Object.keys(files).map(q).join(" ");
  return `note=${q(recordFile(files))}
if [ -f "$note" ]; then head -n 1 -- "$note"; else echo; fi
[ ! -f "$note.sums" ] || cat -- "$note.sums"
echo =
for file in ${paths}; do
  [ ! -f "$file" ] || echo "$(sha256sum <"$file" | cut -d' ' -f1) $(stat -c %a -- "$file") $file"
done`;
}

/** Reads what {@link observeDownload} printed; a file that is not what was put there does not count. */
export function parseDownload(output: string, inputs: Pick<DownloadInputs, "files">): DownloadState | undefined {
  const [left = "", right = ""] = output.split("\n=\n");
  const [line = "", ...sums] = left.split("\n");
  const record = parseRecord(line);
  if (!record) return undefined;
  const put = new Map(sums.map((text) => [text.slice(65), text.slice(0, 64)]));
  const found = right.split("\n").flatMap((text) => {
    const [digest = "", mode = "", ...path] = text.split(" ");
    return path.length > 0 ? [{ digest, mode: mode.padStart(4, "0"), path: path.join(" ") }] : [];
  });
  const genuine = found.filter(({ path, digest }) => put.get(path) === digest && record.members[path] !== undefined);
  if (genuine.length === 0) return undefined;
  const modes = [...new Set(genuine.map(({ mode }) => mode))];
  return {
    sha256: record.sha256,
    files: Object.fromEntries(
      Object.keys(inputs.files).flatMap((path) =>
        genuine.some((file) => file.path === path) ? [[path, record.members[path] ?? ""]] : [],
      ),
    ),
    mode: modes.length === 1 ? (modes[0] ?? "") : modes.join(" "),
  };
}

function parseRecord(text: string): Record_ | undefined {
  try {
    const record = JSON.parse(text) as Record_;
    return record?.sha256 && record.members ? record : undefined;
  } catch {
    return undefined;
  }
}

/**
 * Fetches, verifies, unpacks, and moves each file into place in one step. Whatever fails before that leaves nothing beside
 * the files; what a killed run left there is taken away unopened.
 */
export function changeDownload(inputs: Pick<DownloadInputs, "url" | "sha256" | "files" | "mode">): string {
  const note = recordFile(inputs.files);
  const record = JSON.stringify({ sha256: inputs.sha256, members: inputs.files });
  const paths = Object.keys(inputs.files);
  const beside = (path: string) => q(`${path}.quayside-new`);
  const unpack = Object.entries(inputs.files).flatMap(([path, member], index) => [
    member === ""
      ? `ln -- "$work/fetched" "$work/${index}"`
      : `tar -xOf "$work/fetched" -- ${q(member)} >"$work/${index}"`,
    `echo "$(sha256sum <"$work/${index}" | cut -d' ' -f1) "${q(path)} >>"$work/sums"`,
  ]);
  const lay = paths.flatMap((path, index) => [
    `mkdir -p -- "$(dirname -- ${q(path)})"`,
    `cp --remove-destination -- "$work/${index}" ${beside(path)}`,
    `chmod ${inputs.mode} -- ${beside(path)}`,
  ]);
  const places = paths.map((path) => `mv -f -T -- ${beside(path)} ${q(path)}`);
  return `set -eu
mkdir -p -m 0700 /var/lib/quayside ${FOLDER}
# One place for each download: what a killed run left is overwritten.
work=${q(note.replace(/\.json$/, ".fetch"))}
rm -rf "$work"; mkdir -m 0700 "$work"
clean() { rm -rf "$work"; rm -f -- ${paths.map(beside).join(" ")}; }
trap clean EXIT
if command -v curl >/dev/null; then
  set -- curl --fail --silent --show-error --location --retry 3 --connect-timeout 20 --output "$work/fetched" -- ${q(inputs.url)}
elif command -v wget >/dev/null; then
  set -- wget --quiet --tries 3 --timeout 20 --output-document "$work/fetched" -- ${q(inputs.url)}
else
  echo "neither curl nor wget is installed on this host: add one to its packages" >&2; exit 1
fi
timeout ${PATIENCE} "$@" || {
  code=$?; [ $code != 124 ] || echo "it was not there after ${PATIENCE} seconds" >&2
  exit $code
}
has=$(sha256sum <"$work/fetched" | cut -d' ' -f1)
if [ "$has" != ${q(inputs.sha256)} ]; then
  echo "what is published there now has the SHA-256 $has, not ${inputs.sha256}; nothing of it was used" >&2; exit 1
fi
${[...unpack, ...lay].join("\n")}
sync
${places.join("\n")}
mv -f -T -- "$work/sums" ${q(`${note}.sums`)}
${emitTo(q(`${note}.new`), `${record}\n`)}
mv -f -T -- ${q(`${note}.new`)} ${q(note)}`;
}

export function removeDownload(files: Record<string, string>): string {
  const note = recordFile(files);
  return `rm -f -- ${Object.keys(files).map(q).join(" ")} ${q(note)} ${q(`${note}.sums`)}`;
}

import type { TestHost } from "./host.ts";

/**
 * Makes small images on a host, without any registry: `test/web:1` and `:2` answer on port 8080 with their version and
 * are healthy at `/healthz`; `:broken` lacks that page; `:crash` ends at once. Each logs `$TOKEN` when it starts, as
 * careless programs do, and `/mounted` serves what is mounted at /mnt.
 */
export async function makeWebImages(host: TestHost): Promise<void> {
  await host.sh(`
    command -v busybox >/dev/null || { apt-get update -qq; apt-get install -y -qq busybox-static; } >/dev/null 2>&1
    for version in 1 2 broken crash; do
      root=$(mktemp -d); mkdir -p $root/bin $root/www $root/tmp
      cp "$(command -v busybox)" $root/bin/busybox
      for applet in sh wget httpd echo sleep cat; do ln -s busybox $root/bin/$applet; done
      echo "version $version" > $root/www/index.html; ln -s /mnt $root/www/mounted
      [ $version = broken ] || echo ok > $root/www/healthz
      serve="exec httpd -f -p 8080 -h /www"; [ $version != crash ] || serve="exit 7"
      tar -C $root -c . | docker import --change "CMD [\\"/bin/sh\\",\\"-c\\",\\"echo starting $version with \\$TOKEN >&2; $serve\\"]" - test/web:$version >/dev/null
      rm -r $root
    done`);
}

/** A compose service that runs one of them. */
export function webService(version: string, more: Record<string, unknown> = {}): Record<string, unknown> {
  return {
    image: `test/web:${version}`,
    restart: "unless-stopped",
    // Its shell would otherwise be waited for, as it does not know SIGTERM.
    stop_signal: "SIGKILL",
    healthcheck: {
      test: ["CMD", "wget", "-q", "-O-", "http://127.0.0.1:8080/healthz"],
      interval: "1s",
      retries: 2,
      start_period: "1s",
    },
    ...more,
  };
}

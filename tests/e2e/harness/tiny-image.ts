import type { TestHost } from "./host.ts";

/**
 * Makes a Docker image `tiny` on a host out of the host's own perl: needs no registry. It listens on port 8080 and
 * answers every connection with `hello`; `/usr/bin/perl` in it does anything else.
 */
export async function makeTinyImage(host: TestHost): Promise<void> {
  await host.sh(`
    cat >/server.pl <<'PERL'
use IO::Socket::INET;
my $server = IO::Socket::INET->new(LocalPort => 8080, Listen => 9, ReuseAddr => 1) or die;
while (my $client = $server->accept) { print $client "hello"; close $client }
PERL
    for i in $(seq 100); do docker info >/dev/null 2>&1 && break; sleep 0.2; done
    { echo /server.pl; echo /usr/bin/perl; ls -d /usr/lib/*/perl-base; ldd /usr/bin/perl | grep -o '/[^ ]*'; } |
      tar --dereference --hard-dereference --create --files-from - 2>/dev/null |
      docker import --change 'CMD ["/usr/bin/perl", "/server.pl"]' - tiny >/dev/null`);
}

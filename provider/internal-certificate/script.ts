import { isIP } from "node:net";
import { q } from "../transport/shell.ts";
import type { InternalCertificateInputs, InternalCertificateState } from "./type.ts";

/** Most that Apple's systems accept of an authority that was added by hand. */
const DAYS = 825;
const AUTHORITY_DAYS = 3650;
/** Long enough before the end for somebody to look at a drift report. */
const RENEW_BEFORE_DAYS = 90;

/** Prints fields of the certificate, one per line, then the authority's certificate. */
export function observeCertificate(folder: string): string {
  const dir = q(folder);
  return `cd -- ${dir} 2>/dev/null || exit 0
[ -f certificate.pem ] && [ -f authority.pem ] && [ -f key.pem ] || exit 0
openssl x509 -in certificate.pem -noout -enddate -fingerprint -sha256 -ext subjectAltName || exit 0
if openssl verify -CAfile authority.pem certificate.pem >/dev/null 2>&1 &&
  [ "$(openssl x509 -in certificate.pem -noout -pubkey)" = "$(openssl pkey -in key.pem -pubout)" ]; then echo chain=good; fi
if openssl x509 -in certificate.pem -noout -checkend $((${RENEW_BEFORE_DAYS} * 86400)) >/dev/null; then echo time=good; fi
echo "group=$(stat -c %G key.pem)"
cat authority.pem`;
}

/** Reads what {@link observeCertificate} printed. */
export function parseCertificate(output: string, folder: string): InternalCertificateState | undefined {
  const field = (pattern: RegExp) => pattern.exec(output)?.[1]?.trim();
  const end = field(/^notAfter=(.*)$/m);
  const authority = /-----BEGIN CERTIFICATE-----[\s\S]*/.exec(output)?.[0];
  if (!end || !authority) return undefined;
  const names = [...output.matchAll(/(?:DNS:|IP Address:)([^,\s]+)/g)].map(([, name = ""]) => shortened(name));
  const trusted = /^chain=good$/m.test(output);
  return {
    folder,
    names: names.sort(),
    group: field(/^group=(.*)$/m) ?? "",
    status: !trusted ? "untrusted" : /^time=good$/m.test(output) ? "valid" : "expiring",
    authority,
    fingerprint: (field(/Fingerprint=(.*)$/im) ?? "").replaceAll(":", "").toLowerCase(),
    expires: new Date(end).toISOString(),
  };
}

/** openssl writes IPv6 addresses in full; a URL's parser has the short form. */
export function shortened(name: string): string {
  if (!name.includes(":")) return name.toLowerCase();
  return new URL(`http://[${name}]/`).hostname.slice(1, -1);
}

/** Makes the authority where there is none, then the certificate; what served before stays until all is in place. */
export function changeCertificate({ folder, names, group }: InternalCertificateInputs): string {
  const alternatives = names.map((name) => `${isIP(name) ? "IP" : "DNS"}:${name}`).join(",");
  const dir = q(folder);
  return `set -eu
command -v openssl >/dev/null || { echo "openssl is not installed on this host: add it to its packages" >&2; exit 1; }
mkdir -p -- ${dir}; cd -- ${dir}
umask 077
if ! openssl x509 -in authority.pem -noout -checkend $((${DAYS} * 86400)) >/dev/null 2>&1 ||
  [ "$(openssl x509 -in authority.pem -noout -pubkey)" != "$(openssl pkey -in authority.key -pubout 2>/dev/null)" ]; then
  openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days ${AUTHORITY_DAYS} \\
    -subj "/O=Quayside/CN=Internal authority of $(uname -n)" -keyout authority.key.new -out authority.pem.new 2>openssl.log ||
    { cat openssl.log >&2; exit 1; }
  mv -f authority.key.new authority.key; mv -f authority.pem.new authority.pem
fi
openssl req -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -subj "/CN=${names[0]}" \\
  -keyout key.pem.new -out request.pem 2>openssl.log || { cat openssl.log >&2; exit 1; }
printf 'subjectAltName=${alternatives}\\nextendedKeyUsage=serverAuth\\n' >extensions
openssl x509 -req -in request.pem -CA authority.pem -CAkey authority.key -set_serial "0x$(openssl rand -hex 16)" \\
  -days ${DAYS} -extfile extensions -out certificate.pem.new 2>openssl.log || { cat openssl.log >&2; exit 1; }
rm -f request.pem extensions openssl.log
chown ${q(`root:${group}`)} . key.pem.new certificate.pem.new authority.pem
chmod 0640 key.pem.new; chmod 0644 certificate.pem.new authority.pem; chmod 0750 .
sync
mv -f key.pem.new key.pem; mv -f certificate.pem.new certificate.pem`;
}

export function removeCertificate(folder: string): string {
  const files = ["authority.pem", "authority.key", "certificate.pem", "key.pem"].map((name) => q(`${folder}/${name}`));
  return `rm -f -- ${files.join(" ")}; rmdir -- ${q(folder)} 2>/dev/null || :`;
}

/** A key pair as OpenSSH writes it. */
export interface Ed25519Pair {
  /** `ssh-ed25519 AAAA… comment` */
  publicKey: string;
  /** In OpenSSH's own form, without a passphrase. */
  privateKey: string;
}

/**
 * Makes an Ed25519 key pair for SSH. ssh2 loses a zero that a key begins with, in one of 128 pairs, and nothing can read
 * what is left: such a pair is made anew. It is loaded only here, as no preview needs it.
 *
 * @param comment at the end of the public key
 */
export async function generateEd25519(comment = ""): Promise<Ed25519Pair> {
  const { utils } = (await import("ssh2")).default;
  for (;;) {
    const made = utils.generateKeyPairSync("ed25519", { comment });
    const pair = { publicKey: made.public.trim(), privateKey: `${made.private.trim()}\n` };
    if (isWhole(pair)) return pair;
  }
}

/** Whether both keys have all of their bytes: 32 of the public one, which the private one's 64 follow in its file. */
export function isWhole({ publicKey, privateKey }: Ed25519Pair): boolean {
  const open = Buffer.from(publicKey.split(" ")[1] ?? "", "base64");
  const key = open.subarray("....ssh-ed25519....".length);
  const file = Buffer.from(privateKey.replace(/-----[A-Z ]+-----/g, ""), "base64");
  return key.length === 32 && file.includes(Buffer.concat([length(32), key, length(64)]));
}

/** A length as SSH writes it before what it is the length of. */
function length(bytes: number): Buffer {
  return Buffer.from([0, 0, 0, bytes]);
}

/** A name server for the lab's certificate authority: the records of one zone, over UDP. */
import { createSocket } from "node:dgram";

/** A record as the server is asked for it. */
export interface NameRecord {
  /** Without the dot at its end, in lower case. */
  name: string;
  type: "A" | "TXT";
  value: string;
}

const TYPES = { A: 1, SOA: 6, TXT: 16 } as const;

/** The answer to a query, from the records that there are right now. Pure. What is not there is answered with nothing. */
export function answerQuery(query: Buffer, zone: string, records: readonly NameRecord[]): Buffer {
  const { name, type, end } = questionOf(query);
  const data =
    type === TYPES.SOA
      ? name === zone
        ? [soa(zone)]
        : []
      : records
          .filter((record) => record.name === name && TYPES[record.type] === type)
          .map((record) =>
            record.type === "A" ? Buffer.from(record.value.split(".").map(Number)) : text(record.value),
          );
  const header = Buffer.alloc(12);
  query.copy(header, 0, 0, 2);
  header.writeUInt16BE(0x8580, 2); // an authoritative answer
  header.writeUInt16BE(1, 4);
  header.writeUInt16BE(data.length, 6);
  return Buffer.concat([header, query.subarray(12, end), ...data.map((value) => resource(type, value))]);
}

function questionOf(query: Buffer): { name: string; type: number; end: number } {
  const labels: string[] = [];
  let at = 12;
  for (let length = query.readUInt8(at); length > 0; length = query.readUInt8(at)) {
    labels.push(query.toString("latin1", at + 1, at + 1 + length));
    at += 1 + length;
  }
  return { name: labels.join(".").toLowerCase(), type: query.readUInt16BE(at + 1), end: at + 5 };
}

/** The name is that of the question, 12 bytes into the message. */
function resource(type: number, data: Buffer): Buffer {
  const head = Buffer.alloc(12);
  head.writeUInt16BE(0xc00c, 0);
  head.writeUInt16BE(type, 2);
  head.writeUInt16BE(1, 4);
  head.writeUInt32BE(1, 6); // seconds that it may be kept
  head.writeUInt16BE(data.length, 10);
  return Buffer.concat([head, data]);
}

function text(value: string): Buffer {
  const bytes = Buffer.from(value);
  return Buffer.concat([Buffer.from([bytes.length]), bytes]);
}

function soa(zone: string): Buffer {
  const numbers = Buffer.alloc(20);
  for (let index = 0; index < 5; index += 1) numbers.writeUInt32BE(1, index * 4);
  return Buffer.concat([encodeName(`ns.${zone}`), encodeName(`hostmaster.${zone}`), numbers]);
}

function encodeName(name: string): Buffer {
  const labels = name.split(".").map((label) => Buffer.concat([Buffer.from([label.length]), Buffer.from(label)]));
  return Buffer.concat([...labels, Buffer.from([0])]);
}

/** Starts it. @param records asked anew for every query @returns its port, and how it ends */
export async function startNameServer(
  address: string,
  zone: string,
  records: () => readonly NameRecord[],
): Promise<{ port: number; stop(): void }> {
  const socket = createSocket("udp4");
  socket.on("message", (query, from) => {
    if (query.length > 16) socket.send(answerQuery(query, zone, records()), from.port, from.address);
  });
  await new Promise<void>((resolve, reject) => {
    socket.once("error", reject);
    socket.bind(0, address, resolve);
  });
  return { port: socket.address().port, stop: () => void socket.close() };
}

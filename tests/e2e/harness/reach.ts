import { createConnection } from "node:net";

/** Whether a TCP connection comes about from here; a firewall that drops is known by silence. */
export function reaches(address: string, port: number, patience = 2000): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = createConnection({ host: address, port, timeout: patience });
    const end = (answer: boolean) => {
      socket.destroy();
      resolve(answer);
    };
    socket.once("connect", () => end(true));
    socket.once("timeout", () => end(false));
    socket.once("error", () => end(false));
  });
}

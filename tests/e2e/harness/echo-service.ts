import { createHash } from "node:crypto";

/**
 * A service for the tests of routes, as the text of its declaration: tells what it was asked, with which headers and with
 * a body of which digest; `/large` is text that is worth compressing, `/status/418` answers that.
 *
 * @param more further properties of its declaration
 */
export function echoService(name: string, host: string, network: string, more = ""): string {
  return `new Service(${JSON.stringify(name)}, {
    host: ${host}, networks: [${network}], image: "quayside/hello:1.0.0", http: 8080,
    command: ["python3", "-u", "/srv/echo.py"], files: { "/srv/echo.py": { content: ${JSON.stringify(ECHO)} } },
    health: httpHealth(8080, "/", { interval: "1s", startPeriod: "5s" }), ${more}
  })`;
}

export interface Echo {
  method: string;
  path: string;
  headers: Record<string, string>;
  length: number;
  sha256: string;
}

export function digestOf(body: Buffer): string {
  return createHash("sha256").update(body).digest("hex");
}

const ECHO = `
import hashlib, json
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

class Echo(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def answer(self):
        body = b""
        if self.headers.get("transfer-encoding") == "chunked":
            while size := int(self.rfile.readline(), 16):
                body += self.rfile.read(size)
                self.rfile.readline()
            self.rfile.readline()
        else:
            body = self.rfile.read(int(self.headers.get("content-length", 0)))
        said = {"method": self.command, "path": self.path, "headers": {k.lower(): v for k, v in self.headers.items()},
                "length": len(body), "sha256": hashlib.sha256(body).hexdigest()}
        text = json.dumps(said).encode() if self.path != "/large" else b"word " * 20000
        self.send_response(int(self.path.split("/")[2]) if self.path.startswith("/status/") else 200)
        self.send_header("Content-Type", "text/plain" if self.path == "/large" else "application/json")
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(text)

    do_GET = do_POST = do_PUT = do_OPTIONS = do_HEAD = answer

    def log_message(self, *_):
        pass

class Server(ThreadingHTTPServer):
    request_queue_size = 256

Server(("", 8080), Echo).serve_forever()
`;

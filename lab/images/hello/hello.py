#!/usr/bin/env python3
"""A small web application: /, /healthz, /db and /egress, all answering JSON.

PORT (8080) is where it listens. /db connects with DATABASE_URL (or DATABASE_URL_FILE), else with libpq's own PGHOST,
PGUSER, PGPASSWORD and so on. /egress opens a TCP connection to EGRESS_TARGET (deb.debian.org:80).
"""

import json
import os
import signal
import socket
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

VERSION = os.environ["HELLO_VERSION"]
# This release was published with a mistake, on purpose: it looks for a table that no migration creates.
BROKEN = VERSION == "1.2.0"
REASON = "migration 7 is missing: relation \"greetings\" does not exist"


def database_url():
    path = os.environ.get("DATABASE_URL_FILE")
    if path:
        with open(path, encoding="utf-8") as file:
            return file.read().strip()
    return os.environ.get("DATABASE_URL", "")


def database():
    import psycopg2

    connection = psycopg2.connect(database_url(), connect_timeout=3)
    try:
        with connection.cursor() as cursor:
            cursor.execute("select current_database(), current_user, current_setting('server_version')")
            name, user, version = cursor.fetchone()
            return {"database": name, "user": user, "server": version}
    finally:
        connection.close()


def egress():
    host, _, port = os.environ.get("EGRESS_TARGET", "deb.debian.org:80").rpartition(":")
    with socket.create_connection((host, int(port)), timeout=3):
        return {"reached": f"{host}:{port}"}


def health():
    if BROKEN:
        print(f"unhealthy: {REASON}", file=sys.stderr)
        raise RuntimeError(REASON)
    return {"status": "ok"}


ROUTES = {
    "/": lambda: {"application": "hello", "version": VERSION, "host": socket.gethostname()},
    "/healthz": health,
    "/db": database,
    "/egress": egress,
}


class Handler(BaseHTTPRequestHandler):
    server_version = "hello"

    def do_GET(self):
        route = ROUTES.get(self.path.split("?")[0])
        try:
            status, body = (200, route()) if route else (404, {"error": "not found"})
        except Exception as error:
            status, body = 503, {"error": str(error).strip()}
        payload = (json.dumps(body) + "\n").encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(payload)))
        self.end_headers()
        self.wfile.write(payload)

    def log_message(self, format, *args):
        print(f"{self.client_address[0]} {format % args}")


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    print(f"hello {VERSION} listens on port {os.environ.get('PORT', '8080')}")
    if BROKEN:
        print(f"error: {REASON}", file=sys.stderr)
    ThreadingHTTPServer(("", int(os.environ.get("PORT", "8080"))), Handler).serve_forever()

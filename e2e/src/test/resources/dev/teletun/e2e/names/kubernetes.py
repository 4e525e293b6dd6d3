"""A Kubernetes API server as far as CoreDNS asks it: the Services, slices and namespaces of a file, and nothing that changes.

Arguments: the port on 127.0.0.1, and a JSON file: {"services": {"kind": …, "apiVersion": …, "items": […]}, …}.
"""

import json
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

with open(sys.argv[2], encoding="utf-8") as file:
    collections = json.load(file)


class Api(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        path, _, query = self.path.partition("?")
        collection = collections.get(path.rsplit("/", 1)[1])
        if collection is None or "sendInitialEvents=true" in query:
            self.send_error(404 if collection is None else 422)
        elif "watch=" in query:
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Transfer-Encoding", "chunked")
            self.end_headers()
            threading.Event().wait()
        else:
            self.answer(collection)

    def answer(self, collection):
        body = json.dumps(
            {
                "kind": collection["kind"] + "List",
                "apiVersion": collection["apiVersion"],
                "metadata": {"resourceVersion": "1"},
                "items": collection["items"],
            }
        ).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1])), Api).serve_forever()

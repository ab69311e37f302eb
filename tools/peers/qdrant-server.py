"""Qdrant's HTTP interface, so far as face-gallery's README uses it, over Qdrant's own Python: its models of every request (made from its
OpenAPI; they refuse fields that they do not know) take what comes in, its in-memory mode searches, its models give what goes out. Not the server itself, which no registry has.

    tools/peers/run qdrant qdrant-server.py      prints its port; ends when stdin does
"""

import http.server
import json
import re
import sys
import threading

from pydantic import BaseModel
from qdrant_client import QdrantClient
from qdrant_client.http import models

client = QdrantClient(":memory:")


def create(name, body):
    wanted = models.CreateCollection.model_validate(body)
    client.create_collection(name, vectors_config=wanted.vectors)
    return True


def upsert(name, body):
    points = models.PointsList.model_validate(body).points
    client.upsert(name, points)
    return models.UpdateResult(operation_id=0, status=models.UpdateStatus.COMPLETED)


def query(name, body):
    wanted = models.QueryRequest.model_validate(body)
    return client.query_points(
        name,
        query=wanted.query,
        limit=wanted.limit,
        with_payload=wanted.with_payload,
        score_threshold=wanted.score_threshold,
    )


def delete(name, body):
    wanted = models.FilterSelector.model_validate(body)
    client.delete(name, points_selector=wanted)
    return models.UpdateResult(operation_id=1, status=models.UpdateStatus.COMPLETED)


ROUTES = {
    r"PUT /collections/([^/?]+)": create,
    r"PUT /collections/([^/?]+)/points\?wait=true": upsert,
    r"POST /collections/([^/?]+)/points/query": query,
    r"POST /collections/([^/?]+)/points/delete\?wait=true": delete,
}


class Handler(http.server.BaseHTTPRequestHandler):
    def answer(self):
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        try:
            for route, handle in ROUTES.items():
                found = re.fullmatch(route, f"{self.command} {self.path}")
                if found:
                    result = handle(found[1], body)
                    break
            else:
                raise ValueError(f"no such request: {self.command} {self.path}")
            status = 200
            said = {"result": result.model_dump(mode="json") if isinstance(result, BaseModel) else result, "status": "ok", "time": 0.001}
        except Exception as error:
            status = 400
            said = {"status": {"error": str(error)}}
        content = json.dumps(said).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    do_PUT = do_POST = answer

    def log_message(self, *_):
        pass


server = http.server.HTTPServer(("127.0.0.1", 0), Handler)
threading.Thread(target=server.serve_forever, daemon=True).start()
print(server.server_address[1], flush=True)
sys.stdin.read()

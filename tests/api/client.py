"""A client of the JSON API for tests: over the Unix socket, one connection for each client."""
import http.client
import json
import socket


class UnixConnection(http.client.HTTPConnection):
    def __init__(self, path, timeout=60):
        super().__init__("localhost", timeout=timeout)
        self.path = path

    def connect(self):
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.sock.settimeout(self.timeout)
        self.sock.connect(self.path)


class Answer:
    def __init__(self, response):
        self.status = response.status
        self.headers = response.headers
        self.type = (response.headers.get("Content-Type") or "").split(";")[0]
        self.text = response.read().decode()

    @property
    def json(self):
        return json.loads(self.text)


class Client:
    def __init__(self, path="/run/bootwright/api.sock"):
        self.connection = UnixConnection(path)

    def ask(self, method, path, body=None, **headers):
        """One request; a header If_Match="…" is sent as If-Match. OSError or HTTPException: no
        answer came."""
        head = {name.replace("_", "-"): value for name, value in headers.items()}
        if body is not None:
            head["Content-Type"] = "application/json"
            body = json.dumps(body)
        try:
            self.connection.request(method, path, body, head)
            return Answer(self.connection.getresponse())
        except (OSError, http.client.HTTPException):
            self.connection.close()
            raise

    def must(self, method, path, body=None, **headers):
        answer = self.ask(method, path, body, **headers)
        if answer.status >= 300:
            raise AssertionError(f"{method} {path}: {answer.status} {answer.text}")
        return answer.json if answer.text else None

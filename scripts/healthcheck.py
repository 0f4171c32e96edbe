"""Exit 0 when the web process of this container is ready: asked as the proxy asks, since other hosts are refused."""

import http.client
import os
import sys

connection = http.client.HTTPConnection("127.0.0.1", 8000, timeout=8)
host = os.environ["ALLOWED_HOSTS"].split(",")[0]
connection.request("GET", "/readyz", headers={"Host": host, "X-Forwarded-Proto": "https"})
sys.exit(connection.getresponse().status != 200)

"""Who may ask what: every route × no, bad and right token, wrong Host, wrong Origin; a new route stands in no row."""

import json
from dataclasses import replace

import pytest
from server_at_work import SETTINGS, running

from heptune.server.gate import name_of

# Every route with a request that is right. A route that is added has to be added here, and thought about.
OPEN = {
    ("GET", "/"),
    ("GET", "/docs"),
    ("GET", "/openapi.json"),
    ("GET", "/static/style.css"),
    ("GET", "/static/server.css"),
    ("GET", "/static/try.js"),
    ("GET", "/health/live"),
    ("GET", "/health/ready"),
}
CLOSED = {
    ("GET", "/models"),
    ("GET", "/metrics"),
    ("GET", "/info"),
    ("POST", "/"),
    ("POST", "/predict"),
    ("POST", "/v1/classify"),
    ("GET", "/models/{model}/info"),
    ("POST", "/models/{model}"),
    ("POST", "/models/{model}/predict"),
    ("POST", "/models/{model}/v1/classify"),
}
ROUTES = pytest.mark.parametrize(("method", "path"), sorted(OPEN | CLOSED))


def routes_of(application):
    def walk(routes, prefix=""):
        for route in routes:
            if hasattr(route, "methods"):
                yield from ((method, prefix + route.path) for method in route.methods - {"HEAD"})
            else:
                inner = getattr(route, "original_router", None)
                context = getattr(route, "include_context", None)
                assert inner is not None, f"an unknown kind of route: {route!r}"
                yield from walk(inner.routes, prefix + getattr(context, "prefix", ""))

    return set(walk(application.fastapi.routes))


def ask(server, method, path, **options):
    content = {"inputs": "good"} if method == "POST" else None
    return server.ask(method, path.replace("{model}", "other"), content, **options)


def test_the_matrix_holds_every_route(server):
    assert routes_of(server.application) == OPEN | CLOSED


@ROUTES
def test_the_right_token_is_let_in(server, method, path):
    assert ask(server, method, path).status == 200


@ROUTES
@pytest.mark.parametrize(
    "authorization", [None, "Bearer", "Bearer wrong", "Basic a-token-of-the-tests-0123456789", "Bearer \xe9"]
)
def test_without_the_right_token_only_pages_and_health_are_given(server, method, path, authorization):
    headers = {} if authorization is None else {"Authorization": authorization}
    reply = ask(server, method, path, token=None, **headers)
    if (method, path) in OPEN:
        assert reply.status == 200
    else:
        assert reply.status == 401
        assert reply.headers["www-authenticate"].startswith("Bearer")
        assert reply.json["error_type"] == "no_token"


@ROUTES
@pytest.mark.parametrize(
    "host", ["evil.test", "127.0.0.1.evil.test", "evil.test:8000", "", "[::2]", "localhost@evil.test"]
)
def test_another_host_is_refused_everywhere(server, method, path, host):
    reply = ask(server, method, path, Host=host)
    assert (reply.status, reply.json["error_type"]) == (421, "wrong_host")


@ROUTES
@pytest.mark.parametrize("origin", ["http://evil.test", "null", "http://localhost:1", "https://127.0.0.1.evil.test"])
def test_another_origin_is_refused_everywhere(server, method, path, origin):
    reply = ask(server, method, path, Origin=origin)
    assert (reply.status, reply.json["error_type"]) == (403, "wrong_origin")


@ROUTES
def test_our_own_origin_is_let_in_also_behind_a_proxy_with_a_certificate(server, method, path):
    for scheme in ("http", "https"):
        assert ask(server, method, path, Origin=f"{scheme}://127.0.0.1:{server.port}").status == 200


@pytest.mark.parametrize(
    "path", ["/nothing", "/static/../../heptune.json", "/static/zh.json", "/models/other/nothing", "//predict"]
)
def test_what_is_not_there_is_told_to_those_alone_who_have_the_token(server, path):
    assert server.ask("GET", path, token=None).status == 401
    reply = server.ask("GET", path)
    assert (reply.status, reply.json["error_type"]) == (404, "no_route")


def test_the_wrong_method_is_told(server):
    reply = server.ask("DELETE", "/predict")
    assert (reply.status, reply.json["error_type"], reply.headers["allow"]) == (405, "wrong_method", "POST")


def test_a_server_without_token_asks_for_none(models):
    with running(models, replace(SETTINGS, token=None)) as server:
        assert ask(server, "POST", "/predict", token=None).status == 200
        assert ask(server, "POST", "/predict", token=None, Host="evil.test").status == 421
        assert ask(server, "POST", "/predict", token=None, Origin="http://evil.test").status == 403


def test_a_host_that_is_allowed_is_let_in(models):
    with running(models, replace(SETTINGS, allowed_hosts=("tickets.example",))) as server:
        assert ask(server, "POST", "/predict", Host="Tickets.Example:8443").status == 200
        assert ask(server, "POST", "/predict").status == 421


@pytest.mark.parametrize(
    ("header", "name"),
    [("Localhost:8000", "localhost"), ("[::1]:8000", "::1"), ("[::1]", "::1"), ("a.b.", "a.b"), ("", ""), (":80", "")],
)
def test_the_name_in_a_host_header(header, name):
    assert name_of(header) == name


@pytest.mark.parametrize("path", ["/predict", "/v1/classify", "/models/other"])
@pytest.mark.parametrize("chunked", [False, True])
def test_a_large_body_is_refused_whether_it_says_its_size_or_not(models, path, chunked):
    with running(models, replace(SETTINGS, max_bytes=1_000)) as server, server.connect() as connection:
        head = f"POST {path} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {SETTINGS.token}\r\n"
        head += "Content-Type: application/json\r\n"
        body = json.dumps({"inputs": "x" * 2_000}).encode()
        if chunked:
            head += "Transfer-Encoding: chunked\r\n\r\n"
            connection.sendall(head.encode() + b"%x\r\n%s\r\n" % (len(body), body))
        else:
            connection.sendall(f"{head}Content-Length: {len(body)}\r\n\r\n".encode())
        answer = b""
        while piece := connection.recv(65_536):
            answer += piece
    assert answer.startswith(b"HTTP/1.1 413")
    assert b'"too_many_bytes"' in answer


def test_every_answer_says_that_nobody_keeps_or_guesses_it(server):
    headers = ask(server, "POST", "/predict").headers
    assert headers["cache-control"] == "no-store"
    assert headers["x-content-type-options"] == "nosniff"
    assert "server" not in headers


def test_no_page_runs_or_loads_what_is_not_ours(server):
    for path in ("/", "/docs"):
        policy = server.ask("GET", path).headers["content-security-policy"]
        assert policy.startswith("default-src 'none'")
        assert "unsafe" not in policy
        assert "http" not in policy

"""The report in a browser: foreign strings stay texts, nothing leaves, everybody can read it."""

import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from finished_run import LABELS
from hostile_strings import HOSTILE, spoiled

from heptune.i18n import in_language
from heptune.reports.page.compare_page import compare_html
from heptune.reports.page.comparison import compare_runs
from heptune.reports.page.run_page import report_html

pytestmark = pytest.mark.browser

BENIGN = [f"name{number}" for number in range(LABELS)]
ELEMENTS = "[...document.querySelectorAll('*')].map(e => [e.tagName, ...e.getAttributeNames().sort()].join(' '))"
POLICY = re.compile(r'<meta http-equiv="Content-Security-Policy"[^>]*>')


class Visit:
    """A page opened from a file, all that it asked for, and all that it said."""

    def __init__(self, context, path):
        self.page = context.new_page()
        self.requests, self.failures, self.messages = [], {}, []
        self.page.on("request", lambda request: self.requests.append(request.url))
        self.page.on("requestfailed", lambda request: self.failures.update({request.url: request.failure}))
        self.page.on("dialog", lambda dialog: self.messages.append(dialog.message))
        self.page.on("console", lambda message: self.messages.append(message.text))
        self.page.on("pageerror", lambda error: self.messages.append(str(error)))
        self.page.goto(path.as_uri())
        self.page.wait_for_timeout(50)


@pytest.fixture
def visit(browser, tmp_path):
    contexts = []

    def open_page(html, **options):
        path = tmp_path / f"page{len(contexts)}.html"
        path.write_text(html, encoding="utf-8")
        contexts.append(browser.new_context(**options))
        return Visit(contexts[-1], path)

    yield open_page
    for context in contexts:
        context.close()


@pytest.mark.parametrize("policy", [True, False], ids=["with policy", "without policy"])
@pytest.mark.parametrize("start", range(0, len(HOSTILE), LABELS))
def test_hostile_strings_leave_the_templates_own_elements_and_nothing_else(facts, visit, start, policy):
    def dom(strings):
        html = report_html(spoiled(facts, strings), include_texts=True)
        seen = visit(html if policy else POLICY.sub("", html))
        assert len(seen.requests) == 1
        assert seen.messages == []
        return seen.page.evaluate(ELEMENTS)

    wanted = dom(BENIGN)
    assert dom(HOSTILE[start : start + LABELS]) == (wanted)


@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [375, 1440])
def test_everybody_can_read_it(facts, visit, lang, scheme, width):
    with in_language(lang):
        html = report_html(facts, include_texts=True)
    seen = visit(html, color_scheme=scheme, viewport={"width": width, "height": 900}, bypass_csp=True)
    found = Axe().run(seen.page).response["violations"]
    serious = [
        f"{one['id']}: {one['nodes'][0]['html'][:120]}" for one in found if one["impact"] in ("serious", "critical")
    ]
    assert serious == []
    assert seen.page.evaluate("document.documentElement.scrollWidth") <= width


def test_runs_beside_each_other_can_be_read_too(facts, visit):
    html = compare_html(compare_runs([facts, facts]))
    seen = visit(html, viewport={"width": 375, "height": 900}, bypass_csp=True)
    assert len(seen.requests) == 1
    found = Axe().run(seen.page).response["violations"]
    assert [one["id"] for one in found if one["impact"] in ("serious", "critical")] == []
    assert seen.page.evaluate("document.documentElement.scrollWidth") <= 375


def test_the_policy_holds_what_a_hole_would_let_in(facts, visit):
    """Were something not escaped, it would still neither run nor load."""
    hole = "<script>document.title='ran'</script><img src='https://evil.test/x.png'><style>body{color:red}</style>"
    html = report_html(facts, include_texts=True).replace("<main>", f"<main>{hole}")
    seen = visit(html)
    assert seen.page.title() != "ran"
    assert seen.page.evaluate("getComputedStyle(document.body).color") != "rgb(255, 0, 0)"
    assert seen.failures == {"https://evil.test/x.png": "csp"}

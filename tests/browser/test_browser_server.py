"""The server's pages in a browser: the model can be tried, nothing comes from elsewhere, everybody can read them."""

from dataclasses import replace

import pytest
from axe_playwright_python.sync_playwright import Axe
from hostile_strings import HOSTILE
from methods_at_work import easy_rows, learn, write_bundle
from server_at_work import SETTINGS, TOKEN, running

from heptune.server.models import open_models

pytestmark = pytest.mark.browser
LOOKS = [(lang, scheme, width) for lang in ("en", "zh") for scheme in ("light", "dark") for width in (375, 1280)]


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    place = tmp_path_factory.mktemp("served")
    splits = {"train": easy_rows(24), "validation": easy_rows(9, seed=1)}
    write_bundle(learn(place / "encoded", splits, name="tfidf"), place / "bundle")
    with running(open_models([f"tickets={place / 'bundle'}", f"other={place / 'bundle'}"])) as one:
        yield one


@pytest.fixture
def visit(browser, server):
    contexts = []

    def open_page(path, **options):
        contexts.append(browser.new_context(**options))
        page = contexts[-1].new_page()
        page.asked, page.said = [], []
        page.on("request", lambda request: page.asked.append(request.url))
        page.on("console", lambda message: page.said.append(message.text))
        page.on("pageerror", lambda error: page.said.append(str(error)))
        page.goto(server.url + path)
        return page

    yield open_page
    for context in contexts:
        context.close()


def classify(page, text="great good love"):
    page.wait_for_selector("#token-part:not([hidden])")
    page.fill("#token", TOKEN)
    page.fill("#text", text)
    page.click("#send")
    page.wait_for_selector("#send:not([disabled])")


def serious(page):
    found = Axe().run(page).response["violations"]
    return [
        f"{one['id']}: {one['nodes'][0]['html'][:120]}" for one in found if one["impact"] in ("serious", "critical")
    ]


@pytest.mark.parametrize(("lang", "scheme", "width"), LOOKS)
def test_everybody_can_read_the_pages(visit, lang, scheme, width):
    look = {"color_scheme": scheme, "viewport": {"width": width, "height": 900}, "locale": lang, "bypass_csp": True}
    page = visit("/", **look)
    classify(page)
    assert page.inner_text("#label") == "positive"
    for one in (page, visit("/docs", **look)):
        assert serious(one) == []
        assert one.evaluate("document.documentElement.scrollWidth") <= width
        assert one.evaluate("document.documentElement.lang") == {"en": "en", "zh": "zh-CN"}[lang]


def test_the_model_is_tried_with_the_token_and_nothing_comes_from_elsewhere(visit, server):
    page = visit("/")
    page.wait_for_selector("#token-part:not([hidden])")
    page.fill("#token", "wrong")
    page.fill("#text", "great")
    page.click("#send")
    page.wait_for_selector("#error:not([hidden])")
    assert "token" in page.inner_text("#error")
    classify(page)
    assert page.inner_text("#answer #score").startswith("0.")
    assert page.locator("#scores tbody tr").count() == 3
    assert page.locator("#model option").all_inner_texts() == ["tickets", "other"]
    page.select_option("#model", "other")
    page.click("#send")
    page.locator("#version", has_text="other").wait_for()
    assert all(url.startswith((server.url, "data:")) for url in page.asked)
    # What the browser says of an answer 401 is all that is said: no policy was broken, no script failed.
    assert [line for line in page.said if "401" not in line] == []
    page.reload()
    assert page.input_value("#token") == TOKEN


def test_a_text_without_an_answer_is_told(visit):
    page = visit("/?lang=zh")
    classify(page, "   ")
    assert page.inner_text("#error") != ""
    assert page.is_hidden("#answer")


def test_the_documentation_loads_its_own_sheets_only(visit, server):
    page = visit("/docs")
    assert {url.removeprefix(server.url) for url in page.asked if not url.startswith("data:")} == {
        "/docs",
        "/static/style.css",
        "/static/server.css",
    }
    assert page.said == []
    assert page.locator("article.operation").count() == 12
    needs_none = page.locator("article.operation", has_text="not needed").locator("h3 code").all_inner_texts()
    assert needs_none == ["/health/live", "/health/ready"]


def test_without_a_token_the_page_asks_for_none(browser, server):
    models = list(server.application.service.models.values())[:1]
    with running(models, replace(SETTINGS, token=None)) as free:
        page = browser.new_context().new_page()
        page.goto(free.url)
        page.fill("#text", "great")
        page.click("#send")
        page.wait_for_selector("#answer:not([hidden])")
        assert page.is_hidden("#token-part")
        assert page.is_hidden("#model-part")
        page.context.close()


def test_hostile_labels_stay_texts(browser, tmp_path):
    labels = HOSTILE[:3]
    splits = {"train": easy_rows(24), "validation": easy_rows(9, seed=1)}
    write_bundle(learn(tmp_path / "encoded", splits, name="tfidf", labels=labels), tmp_path / "bundle", labels)
    with running(open_models([f"hostile={tmp_path / 'bundle'}"])) as server:
        page = browser.new_context().new_page()
        said = []
        page.on("dialog", lambda dialog: said.append(dialog.message))
        page.goto(server.url)
        classify(page)
        assert page.locator("#scores tbody tr").count() == 3
        assert page.locator("#answer script, #answer img, #answer a").count() == 0
        assert said == []
        page.context.close()

"""In which language a text is, where it is plain."""

import pytest

from heptune.data.languages import FEWEST_PLAIN, count_languages, languages_of

PLAIN = {
    "en": "I have asked three times for my refund, and nobody answers.",
    "de": "Das Paket kam zu spät und die Verpackung war beschädigt, aber der Händler half sofort.",
    "fr": "Le colis est arrivé en retard et personne ne répond à mes messages depuis une semaine.",
    "es": "El paquete llegó tarde y nadie contesta a mis mensajes desde hace una semana.",
    "zh": "快递昨天就到了，包装完好，客服的态度也很好，下次还会再来买。",
    "ru": "Посылка пришла с опозданием, и никто не отвечает на мои сообщения уже неделю.",
}


@pytest.mark.parametrize("code", PLAIN)
def test_a_sentence_has_its_language(code):
    assert languages_of([PLAIN[code]]) == [code]


@pytest.mark.parametrize("text", ["", "ok", "12345 678", "\x00", "👍👍👍", "ORD-77231", "😀" * 3_000])
def test_what_is_too_short_or_no_language_has_none(text):
    assert languages_of([text]) == [None]


def test_shares_are_of_the_plain_texts_largest_first():
    texts = [PLAIN["en"]] * 30 + [PLAIN["de"]] * 10 + ["ok"] * 60
    assert count_languages(texts) == {"en": 0.75, "de": 0.25}
    assert list(count_languages(texts)) == ["en", "de"]


def test_of_too_few_plain_texts_nothing_is_said():
    assert count_languages([PLAIN["en"]] * (FEWEST_PLAIN - 1)) == {}
    assert count_languages([PLAIN["en"]] * FEWEST_PLAIN) == {"en": 1.0}
    assert count_languages([PLAIN["en"]] * FEWEST_PLAIN + ["ok"] * 10 * FEWEST_PLAIN) == {}

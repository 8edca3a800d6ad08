import gzip

import pytest

from heptune.data.encodings import detect_encoding, find_undecodable_byte, open_text
from heptune.errors import InvalidInputError, UsageError

CHINESE = "text,label\n这家餐厅的菜非常好吃，下次还会再来,好评\n电池太差了，半天就没电,差评\n"
SHORT_CHINESE = "text,label\n餐厅服务差劲,0\n"
TRADITIONAL = "text,label\n這家餐廳的食物非常好吃，服務態度也很好,1\n送貨很快，包裝完整,1\n"
JAPANESE = "text,label\nこの商品はとても良かったです。また買いたいと思います,1\n電池がすぐになくなるので不便です,0\n"
KOREAN = "text,label\n이 제품은 정말 좋아요. 다시 구매하고 싶습니다,1\n배터리가 너무 빨리 닳아서 불편해요,0\n"
RUSSIAN = "text,label\nОчень хороший товар, обязательно куплю ещё раз,1\nНе работает, верните деньги,0\n"
GREEK = "text,label\nΠολύ καλό προϊόν, θα το αγοράσω ξανά,1\nΗ μπαταρία τελειώνει πολύ γρήγορα,0\n"
HEBREW = "text,label\nמוצר מצוין, אקנה שוב,1\nהסוללה נגמרת מהר מדי,0\n"
POLISH = "text,label\nBardzo dobry produkt, polecam każdemu,1\nNie działa, proszę o zwrot pieniędzy,0\n"
CZECH = "text,label\nPříšerný výrobek, už nikdy nekoupím,0\nSkvělé, doporučuji všem,1\n"
TURKISH = "text,label\nÇok güzel bir ürün, tekrar alırım,1\nŞarjı çabuk bitiyor, iğrenç,0\n"
SPANISH = "text,label\nEl niño está feliz,1\n¿Dónde está?,0\n"
GERMAN = "text,label\nGröße passt nicht,0\n"
FRENCH = "text,label\nTrès bon café,1\n"
SMART_QUOTES = "text,label\n“great”, they said – I don’t agree…,0\n"


@pytest.fixture
def file(tmp_path):
    return tmp_path / "data.csv"


@pytest.mark.parametrize(
    ("codec", "name"),
    [
        ("utf-8", "utf-8"),
        ("utf-8-sig", "utf-8-sig"),
        ("utf-16", "utf-16"),
        ("utf-32", "utf-32"),
        ("utf-16-le", "utf-16-le"),
        ("utf-16-be", "utf-16-be"),
        ("gb18030", "gb18030"),
        ("gbk", "gb18030"),
    ],
)
def test_chinese_is_read_rightly_in_every_usual_encoding(file, codec, name):
    file.write_bytes(CHINESE.encode(codec))
    encoding = detect_encoding(file)
    assert encoding.name == name
    assert bool(encoding.reason) == (codec != "utf-8")
    with open_text(file, encoding.name) as stream:
        assert stream.read() == CHINESE


@pytest.mark.parametrize("text", ["text,label\nfine,1\n", GERMAN, RUSSIAN, KOREAN])
@pytest.mark.parametrize("codec", ["utf-16-le", "utf-16-be"])
def test_utf16_without_a_mark_is_told_by_its_zero_bytes(file, codec, text):
    file.write_bytes(text.encode(codec))
    assert detect_encoding(file).name == codec


@pytest.mark.parametrize(
    ("text", "codec"),
    [
        (SHORT_CHINESE, "gb18030"),
        (TRADITIONAL, "big5"),
        (JAPANESE, "shift_jis"),
        (JAPANESE, "euc_jp"),
        (KOREAN, "euc_kr"),
        (RUSSIAN, "cp1251"),
        (RUSSIAN, "koi8_r"),
        (GREEK, "cp1253"),
        (POLISH, "cp1250"),
        (POLISH, "iso8859_2"),
        (CZECH, "cp1250"),
        (TURKISH, "cp1254"),
        (SPANISH, "latin-1"),
        (GERMAN, "latin-1"),
        (FRENCH, "latin-1"),
        (FRENCH.upper(), "latin-1"),
        (SPANISH + GERMAN + FRENCH, "latin-1"),
        (SMART_QUOTES, "cp1252"),
    ],
)
def test_older_encodings_are_read_rightly_and_said(file, text, codec):
    file.write_bytes(text.encode(codec))
    encoding = detect_encoding(file)
    assert file.read_bytes().decode(encoding.name) == text
    assert encoding.name in encoding.reason


def test_an_accent_late_in_a_long_file_is_read_rightly(file):
    text = "text,label\n" + "plain words,1\n" * 200_000 + "Très bon café,1\n"
    file.write_bytes(text.encode("cp1252"))
    assert detect_encoding(file).name == "cp1252"


def test_what_cannot_be_told_apart_is_refused_with_its_place_and_the_candidates(file):
    file.write_bytes(HEBREW.encode("cp1255"))
    with pytest.raises(InvalidInputError) as caught:
        detect_encoding(file)
    assert caught.value.code == "undecodable"
    assert "offset 11, line 2" in caught.value.found
    assert "cp1255" in caught.value.expected
    assert "dataset.encoding" in caught.value.remedy


@pytest.mark.parametrize("codec", ["utf-8", "gb18030"])
def test_one_damaged_byte_is_named_and_never_read_in_another_encoding(file, codec):
    good = CHINESE.encode(codec)
    place = good.index(b"\n", 15) + 1
    file.write_bytes(good[:place] + b"\xff" + good[place:])
    with pytest.raises(InvalidInputError) as caught:
        detect_encoding(file)
    assert caught.value.found == f"byte 0xFF at offset {place}, line 3"
    assert codec.upper() in caught.value.message


def test_a_truncated_character_at_the_end_is_found(file):
    file.write_bytes("好".encode("utf-16")[:-1])
    with pytest.raises(InvalidInputError) as caught:
        detect_encoding(file)
    assert "offset 2" in caught.value.found


@pytest.mark.parametrize("codec", ["utf-16", "utf-16-be", "gb18030", "utf-8"])
def test_the_place_of_an_undecodable_byte_counts_lines_across_blocks(file, codec, monkeypatch):
    monkeypatch.setattr("heptune.data.encodings.BLOCK_BYTES", 7)
    bad = b"\xdc\x00" if "16" in codec else b"\xff"
    good = "一二三\n四\n五六".encode(codec)
    bad = bad[::-1] if codec == "utf-16" else bad
    file.write_bytes(good + bad)
    fault = find_undecodable_byte(file, codec)
    assert (fault.offset, fault.line) == (len(good), 3)


def test_bytes_that_are_no_text_are_refused(file):
    file.write_bytes(bytes(range(256)) * 20)
    with pytest.raises(InvalidInputError) as caught:
        detect_encoding(file)
    assert "zero bytes" in caught.value.expected


@pytest.mark.parametrize(
    ("name", "codec"), [("utf-8", "utf-8-sig"), ("utf-16-le", "utf-16"), ("gb18030", "gb18030"), ("utf-8-sig", "utf-8")]
)
def test_a_mark_is_never_part_of_the_text(file, name, codec):
    mark = "\ufeff" if codec == "gb18030" else ""
    file.write_bytes((mark + CHINESE).encode(codec))
    with open_text(file, name) as stream:
        assert stream.read() == CHINESE


def test_a_named_encoding_that_does_not_fit_is_an_error_with_its_place(file):
    file.write_bytes(CHINESE.encode("gb18030"))
    with pytest.raises(InvalidInputError) as caught, open_text(file, "utf-8") as stream:
        stream.read()
    assert "line 2" in caught.value.found


def test_utf16_without_a_mark_wants_the_byte_order(file):
    file.write_bytes(CHINESE.encode("utf-16-le"))
    with pytest.raises(InvalidInputError), open_text(file, "utf-16") as stream:
        stream.read()


@pytest.mark.parametrize("name", ["utf-99", "hex"])
def test_an_unknown_encoding_is_a_usage_error(file, name):
    file.write_text("x")
    with pytest.raises(UsageError) as caught, open_text(file, name):
        pass
    assert caught.value.found == name


def test_gzip_files_are_read_and_damaged_ones_refused(tmp_path):
    packed = tmp_path / "data.csv.gz"
    packed.write_bytes(gzip.compress(CHINESE.encode("gb18030")))
    assert detect_encoding(packed).name == "gb18030"
    packed.write_bytes(packed.read_bytes()[:-20])
    with pytest.raises(InvalidInputError) as caught:
        detect_encoding(packed)
    assert caught.value.code == "damaged_file"


def test_a_file_that_cannot_be_opened_is_an_error_of_ours(tmp_path):
    with pytest.raises(InvalidInputError) as caught:
        detect_encoding(tmp_path)
    assert caught.value.code == "unreadable_file"

"""120 strings that break out of badly made pages, and a finished run that is full of them."""

from dataclasses import replace
from pathlib import PurePosixPath

from heptune.i18n import _
from heptune.reports.page.facts import RunFacts
from heptune.schemas.dataset import LabelInfo

_SCRIPTS = [
    "<script>alert(1)</script>",
    "</script><script>alert(1)</script>",
    "<ScRiPt src=//evil.test/x.js></sCrIpT>",
    "<script>document.body.innerHTML=''</script>",
    "<script type=module>import('//evil.test')</script>",
    "<svg><script>alert(1)</script></svg>",
    "<svg/onload=alert(1)>",
    "<svg><animate onbegin=alert(1) attributeName=x>",
    "<math><mi//xlink:href='javascript:alert(1)'>",
    "<noscript><p title='</noscript><img src=x onerror=alert(1)>'>",
]
_ELEMENTS = [
    "<img src=x onerror=alert(1)>",
    "<img src='//evil.test/p.png'>",
    "<iframe src='//evil.test'></iframe>",
    "<iframe srcdoc='<script>alert(1)</script>'>",
    "<object data='//evil.test'>",
    "<embed src='//evil.test'>",
    "<video><source onerror=alert(1)></video>",
    "<audio src='//evil.test/a.mp3' autoplay>",
    "<body onload=alert(1)>",
    "<input autofocus onfocus=alert(1)>",
    "<form action='//evil.test'><button>go</button></form>",
    "<a href='javascript:alert(1)'>x</a>",
    "<a href='//evil.test'>x</a>",
    "<base href='//evil.test/'>",
    "<meta http-equiv=refresh content='0;url=//evil.test'>",
    "<link rel=stylesheet href='//evil.test/x.css'>",
    "<style>body{display:none}</style>",
    "<style>@import '//evil.test/x.css';</style>",
    "<div style='background:url(//evil.test/p.png)'>",
    "<table background='//evil.test/p.png'>",
    "<details open ontoggle=alert(1)>",
    "<marquee onstart=alert(1)>",
    "<select autofocus onfocus=alert(1)>",
    "<textarea>",
    "</textarea><img src=x onerror=alert(1)>",
    "<title>",
    "</title><img src=x onerror=alert(1)>",
    "<plaintext>",
    "<xmp><img src=x></xmp>",
    "<template><img src=x onerror=alert(1)></template>",
    "<dialog open>x</dialog>",
    "<portal src='//evil.test'>",
    "<frameset onload=alert(1)>",
    "<keygen autofocus onfocus=alert(1)>",
    "<isindex action=javascript:alert(1)>",
    "<custom-element onclick=alert(1)>",
    "<bdo dir=rtl>abc</bdo>",
    "<ruby><rt onclick=alert(1)>x</ruby>",
    "<picture><source srcset='//evil.test/p'></picture>",
]
_CLOSING = [
    "</bdi>",
    "</td></tr></table>",
    "</svg>",
    "</text></svg><img src=x onerror=alert(1)>",
    "</style><b>x</b>",
    "</head><body>",
    "</html>",
    "</p></section></main>",
    "</desc></svg><script>alert(1)</script>",
    "</summary></details>",
    "<!--",
    "-->",
    "--!><script>alert(1)</script>",
    "<!doctype html>",
    "<![CDATA[<script>alert(1)</script>]]>",
    "<?xml version='1.0'?>",
    "<?php echo 1 ?>",
    "]]>",
]
_QUOTES = [
    '"',
    "'",
    '"">',
    "'>",
    '" onmouseover="alert(1)',
    "' onmouseover='alert(1)",
    "` onmouseover=`alert(1)",
    '"><script>alert(1)</script>',
    "'><img src=x onerror=alert(1)>",
    '" style="display:none',
    '" class="x',
    "&quot;&gt;&lt;script&gt;",
    "&lt;b&gt;",
    "&#60;script&#62;",
    "&#x3c;img src=x&#x3e;",
    "&amp;lt;",
    "&",
    "\\x3cscript\\x3e",
    "\\u003cscript\\u003e",
    "+ADw-script+AD4-",
]
_TEMPLATES = [
    "{{ 7*7 }}",
    "{% raw %}",
    "{# comment #}",
    "{{ facts.__class__ }}",
    "${7*7}",
    "#{7*7}",
    "<%= 7*7 %>",
    "{0.__class__}",
    "{count:,}",
    "%(name)s",
    "$(touch x)",
    "`touch x`",
]
_CHARACTERS = [
    "\u202eevil\u202c",
    "\u2066x\u2069",
    "a\u200bb",
    "\ufeffbom",
    "nul\x00byte",
    "\x1b[31mred\x1b[0m",
    "\x07bell",
    "line\nbreak",
    "tab\tbed",
    "\r\ncrlf",
    "\u2028separator",
    "e\u0301",
    "👨\u200d👩\u200d👧",
    "اهلا",
    "שלום",
    "你好，世界",
    "𝔘𝔫𝔦𝔠𝔬𝔡𝔢",
    "\U000e0041tag",
    "=1+1",
]
LONGEST = ["a" * 500, "<" * 300]
HOSTILE = [*_SCRIPTS, *_ELEMENTS, *_CLOSING, *_QUOTES, *_TEMPLATES, *_CHARACTERS, *LONGEST]


def spoiled(facts: RunFacts, strings: list[str]) -> RunFacts:
    """Return a run in which these strings stand wherever a user's own words may stand.

    Args:
        facts: Of a finished run.
        strings: As many as it has labels, each unlike the others.
    """
    names = dict(zip(facts.dataset.label_names, strings, strict=True))
    any_string = strings[0]
    labels = tuple(
        LabelInfo(name=names[label.name], identifier=names[label.name], meaning=names[label.name])
        for label in facts.dataset.labels
    )
    result = facts.result
    per_class = tuple(row.model_copy(update={"label": names[row.label]}) for row in result.test.per_class)
    mistakes = tuple(
        mistake.model_copy(update={"label": names[mistake.label], "predicted": names[mistake.predicted]})
        for mistake in result.mistakes
    )
    slices = tuple(
        one.model_copy(update={"name": _("texts in {script} letters", script=any_string)}) for one in result.slices
    )
    spoiled_result = result.model_copy(
        update={
            "test": result.test.model_copy(update={"per_class": per_class}),
            "mistakes": mistakes,
            "slices": slices,
            "fit": result.fit.model_copy(update={"settings": {any_string: any_string}}),
        }
    )
    findings = tuple(
        finding.model_copy(
            update={
                "summary": finding.summary and _("{reason}", reason=any_string),
                "examples": tuple(
                    example.model_copy(
                        update={
                            "text": any_string,
                            "rows": tuple(row.model_copy(update={"file": any_string}) for row in example.rows),
                        }
                    )
                    for example in finding.examples
                ),
            }
        )
        for finding in facts.conclusion.findings
    )
    data = facts.sources.data
    file_name = str(PurePosixPath("/data") / any_string.replace("/", "∕"))
    files = tuple(file.model_copy(update={"path": file_name}) for file in data.files)
    goal = facts.conclusion.goal.model_copy(update={"labels": labels})
    dataset = facts.dataset.model_copy(
        update={"labels": labels, "text_column": any_string, "label_column": any_string, "columns": (any_string,)}
    )
    return replace(
        facts,
        conclusion=replace(facts.conclusion, goal=goal, result=spoiled_result, findings=findings),
        sources=facts.sources.model_copy(update={"data": data.model_copy(update={"uri": any_string, "files": files})}),
        dataset=dataset,
        mistake_texts=tuple(strings[number % len(strings)] for number in range(len(facts.mistake_texts))),
    )

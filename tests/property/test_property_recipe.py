"""A recipe survives being written and read, whatever stands in it."""

from hypothesis import given
from hypothesis import strategies as st

from heptune.data.text import is_blank
from heptune.errors import UsageError
from heptune.recipe import make_recipe, parse_assignments
from heptune.recipe_yaml import dump_yaml, parse_yaml
from heptune.reports.recipe_text import recipe_text

TRICKY = st.sampled_from(
    ["NO", "null", "~", "00123", "1e-4", "true", "- a", "#b", "a: b", "[x]", "{y}", "*z", "'", '"', "\\"]
)
NAMES = st.text(min_size=1, max_size=12) | TRICKY
SHARE = st.floats(0, 1, exclude_max=True)
POSITIVE = st.floats(0, 1e6, exclude_min=True, allow_subnormal=False)
# PyYAML writes these so that it reads a space in their place.
LINE_ENDS_OF_OLD = ("\x85", "\u2028", "\u2029")


def not_blank(name):
    return not is_blank(name)


def recipes(names):
    return st.fixed_dictionaries(
        {"sources": st.fixed_dictionaries({"data": names}, optional={"model": names, "configuration": names})},
        optional={
            "goal": st.fixed_dictionaries(
                {},
                optional={
                    "labels": st.lists(
                        st.fixed_dictionaries({"name": names.filter(not_blank)}, optional={"meaning": names}),
                        max_size=4,
                        unique_by=lambda label: label["name"],
                    ),
                    "require": st.sampled_from([None, "accuracy >= 0.5", "log_loss<=1e-1", "macro_f1 ≥ 75%"]),
                    "languages": st.lists(st.sampled_from(["en", "zh", "no", "sr-Latn", "zh-Hans-CN"]), max_size=3),
                    "max_training_minutes": st.none() | POSITIVE,
                },
            ),
            "dataset": st.fixed_dictionaries(
                {},
                optional={
                    "text_column": st.none() | names,
                    "delimiter": st.sampled_from([",", "|", ";", "\t", None]),
                    "sample": st.none() | st.integers(1, 10**9),
                    "validation_share": SHARE,
                },
            ),
            "training": st.fixed_dictionaries(
                {},
                optional={"learning_rate": st.none() | POSITIVE, "epochs": st.integers(1, 99), "warmup_share": SHARE},
            ),
        },
    )


@given(recipes(NAMES.filter(lambda name: not any(end in name for end in LINE_ENDS_OF_OLD))))
def test_a_recipe_dumped_and_parsed_is_the_same_recipe(settings):
    recipe = make_recipe(settings)
    assert make_recipe(parse_yaml(dump_yaml(recipe.model_dump(mode="json")), where="dump")) == recipe


@given(recipes(NAMES))
def test_a_commented_recipe_reads_back_to_the_same_settings(settings):
    recipe = make_recipe(settings)
    assert make_recipe(parse_yaml(recipe_text(recipe, ()), where="text")) == recipe


@given(st.text(max_size=20).filter(lambda text: text.strip(" ")[:1] not in ("[", "{", "'", '"')))
def test_an_assignment_keeps_its_text(value):
    meant = value.strip(" ")
    expected = None if meant in ("", "null", "~") else meant
    assert parse_assignments([f"dataset.sheet={value}"]) == {"dataset": {"sheet": expected}}


@given(st.text(max_size=40), st.booleans())
def test_no_text_makes_the_parser_fail_in_another_way_than_its_own(text, top_level):
    assert "\n" not in complaint(text, top_level)


def complaint(text, top_level):
    try:
        parse_yaml(text, where="any", top_level=top_level)
    except UsageError as error:
        return error.found
    return ""

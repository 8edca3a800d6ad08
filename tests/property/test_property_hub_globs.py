"""Patterns over a repository's paths mean what fsspec, on which the Hub's own patterns rest, means by them."""

import re

from fsspec.utils import glob_translate
from hypothesis import example, given
from hypothesis import strategies as st

from heptune.hub.globs import paths_matching

parts = st.text("ab1_", min_size=1, max_size=4)
pattern_parts = st.one_of(st.just("**"), st.text("ab1_*?", min_size=1, max_size=4), st.sampled_from(["[ab]*", "[0-9]"]))


@given(
    st.lists(st.lists(parts, min_size=1, max_size=4).map("/".join), max_size=8, unique=True),
    st.lists(pattern_parts.filter(lambda part: part == "**" or "**" not in part), min_size=1, max_size=4).map("/".join),
)
@example(["a", "a/b", "a/b/a"], "a/**")
@example(["a", "a/b"], "**/b")
def test_a_pattern_finds_what_fsspec_would_find(paths, pattern):
    # Folders that begin with two underscores are hidden from patterns that do not name one: the Hub's own rule.
    paths = [path for path in paths if "__" not in path]
    if "__" not in pattern:
        oracle = re.compile(glob_translate(pattern))
        assert paths_matching(pattern, paths) == sorted(path for path in paths if oracle.match(path))


@given(st.lists(st.just("a"), min_size=20, max_size=40).map("/".join), st.integers(10, 20))
def test_a_hostile_pattern_takes_no_long_time(path, count):
    assert paths_matching("/".join(["**", "a"] * count + ["b"]), [path]) == []

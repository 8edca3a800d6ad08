"""What each class of CPU is to reach, by the issue that set the targets; `avx512` has none of its own."""

from dataclasses import dataclass

from benchmarks.speed.figures import NONE

ARTICLE = "article"
EXPERT_GPT2 = "expert, GPT-2"
EXPERT_MINILM = "expert, MiniLM"
MATRIX_SHARE = "matrix share"
COLD_START = "cold start"
PIPELINE_MINILM = "pipeline, MiniLM"
PIPELINE_GPT2 = "pipeline, GPT-2"
MEMORY = "memory"


@dataclass(frozen=True)
class Target:
    """What has to be reached, and what is aimed for."""

    at_least: str
    aim: str


TARGETS = {
    "amx": {
        ARTICLE: Target("400", "600"),
        EXPERT_GPT2: Target("3.5", "6"),
        EXPERT_MINILM: Target("3", "5"),
        MATRIX_SHARE: Target("25 %", "45 %"),
        COLD_START: Target("4", "7"),
        PIPELINE_MINILM: Target("10", "14"),
        PIPELINE_GPT2: Target("8", "12"),
        MEMORY: Target("at most 1.0", "0.7"),
    },
    "avx2": {
        ARTICLE: Target("100", "120"),
        EXPERT_GPT2: Target("1.5", "1.85"),
        EXPERT_MINILM: Target("1.3", "1.6"),
        MATRIX_SHARE: Target("65 %", "78 %"),
        COLD_START: Target("1.5", "2.5"),
        PIPELINE_MINILM: Target("3.2", "4.2"),
        PIPELINE_GPT2: Target("3", "4"),
        MEMORY: Target("at most 1.0", "0.7"),
    },
}


def target(kind: str, key: str) -> Target:
    """Return the target of a ratio for a class of CPU; dashes where there is none."""
    return TARGETS.get(kind, {}).get(key, Target(NONE, NONE))

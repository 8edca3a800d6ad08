"""How fast a bundle's texts are scored, by each way that a machine knows."""

from typing import Literal

from heptune.schemas.export import ParityFigures
from heptune.schemas.record import Record
from heptune.schemas.sentence import StoredSentence

WayName = Literal["torch fp32", "torch bf16", "onnx fp32", "onnx int8"]


class TimedWay(Record):
    """One way to score texts.

    Attributes:
        name: Library and precision.
        why_not: Why it was not timed; None where it was.
        seconds: Of each round over all texts.
        texts_per_second: In the round in the middle.
        ratio: To `torch fp32`, in the same rounds; above 1 it is faster.
        peak_memory_mib: Largest memory of a process that does nothing else; None where the system does not tell.
        agreement: With `torch fp32`; None for that one itself.
        agrees: Whether that is close enough.
    """

    name: WayName
    why_not: StoredSentence | None = None
    seconds: tuple[float, ...] = ()
    texts_per_second: float | None = None
    ratio: float | None = None
    peak_memory_mib: float | None = None
    agreement: ParityFigures | None = None
    agrees: bool | None = None


class BenchmarkReport(Record):
    """What came of a benchmark.

    Attributes:
        texts: How many texts a round scores.
        source: Where they are from.
        processor: Of the machine.
        threads: Cores that a process may use.
        ways: All ways, those included that this machine cannot go.
        fastest: The fastest one that agrees.
        command: How to use it.
    """

    texts: int
    source: StoredSentence
    processor: str
    threads: int
    ways: tuple[TimedWay, ...]
    fastest: WayName
    command: str

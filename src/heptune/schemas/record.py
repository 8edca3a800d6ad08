"""What every result of a step is: frozen, versioned, fingerprinted, JSON-able."""

import hashlib
import json
from typing import ClassVar

from pydantic import BaseModel, ConfigDict

from heptune.schemas.sentence import StoredSentence


class Record(BaseModel):
    """A frozen record that refuses unknown fields."""

    model_config = ConfigDict(frozen=True, extra="forbid", ser_json_inf_nan="constants")


class StepResult(Record):
    """The result of one of the seven steps, written to the run folder under the step's number.

    Attributes:
        warnings: What the user should look at.
    """

    schema_version: ClassVar[int] = 1
    step_number: ClassVar[int]
    step_name: ClassVar[str]

    warnings: tuple[StoredSentence, ...] = ()

    def forms(self) -> "tuple[StepResult, ...]":
        """Return the forms in which later steps build on this result."""
        return (self,)


def fingerprint_of(record: BaseModel) -> str:
    """Return the sha256 of the record's canonical JSON (keys sorted, no spaces)."""
    canonical = json.dumps(record.model_dump(mode="json"), sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(canonical.encode("utf-8")).hexdigest()

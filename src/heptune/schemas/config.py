"""What every section of a recipe is: frozen and strict."""

from collections.abc import Callable
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from heptune.errors import UsageError

# numpy takes no negative seed and torch none beyond 64 bits; half of them leaves room to count on.
Seed = Annotated[int, Field(ge=0, lt=2**63)]


# How many of something: beyond this torch and numpy have no numbers to count with.
Count = Annotated[int, Field(gt=0, lt=2**31)]


class Config(BaseModel):
    """Settings of one step. A field's description is its help text everywhere."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


class SettingError(ValueError):
    """Takes what is wrong with a setting through pydantic, which collects it with the other faults of a recipe.

    Attributes:
        error: With code and remedy.
    """

    def __init__(self, error: UsageError) -> None:
        super().__init__(error.message)
        self.error = error


def checked_by(check: Callable[[Any], object]) -> AfterValidator:
    """Let `check` look at a setting that is given; the error that it raises becomes a fault of the recipe."""

    def validate(value: Any) -> Any:  # noqa: ANN401 - whatever the setting's type is
        try:
            if value is not None:
                check(value)
        except UsageError as error:
            raise SettingError(error) from error
        return value

    return AfterValidator(validate)

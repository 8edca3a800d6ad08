"""What every section of a recipe is: frozen and strict."""

from pydantic import BaseModel, ConfigDict


class Config(BaseModel):
    """Settings of one step. A field's description is its help text everywhere."""

    model_config = ConfigDict(frozen=True, extra="forbid")

"""Settings of step 3."""

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from heptune.checks.codes import check_codes
from heptune.errors import UsageError
from heptune.i18n import _
from heptune.schemas.config import Config, Count, Seed, SettingError, checked_by


class DatasetConfig(Config):
    """How the rows are read, sampled and split."""

    text_column: str | None = Field(
        None, description="Column that is classified; without it, found by name and content."
    )
    label_column: str | None = Field(None, description="Column with the labels; without it, found by name and content.")
    encoding: str | None = Field(None, description="Encoding of text files; without it, found out.")
    delimiter: str | None = Field(None, description="What separates the cells of CSV and TSV; without it, found out.")
    sheet: str | None = Field(None, description="Sheet of an Excel file; without it, the first one with content.")
    sample: Count | None = Field(
        None,
        description="Use this many of the training rows (training, validation and calibration together), drawn as "
        "datasets' shuffle(seed).select(range(N)) draws them.",
    )
    test_sample: Count | None = Field(None, description="Use this many of the test rows, drawn likewise.")
    seed: Seed = Field(42, description="Decides which rows are drawn and how they are split.")
    test_share: float | None = Field(
        None,
        gt=0,
        lt=1,
        description="Share of the rows to test on, where no test rows are given. Without it a fifth; below 500 rows "
        "none, as all are judged by cross-validation, unless test_sample, sample, calibration_share or time is set.",
    )
    validation_share: float | None = Field(
        None,
        ge=0,
        lt=1,
        description="Share of the training rows that chooses the best epoch, where no validation rows are given. "
        "Without it a tenth, at most 1,000 rows.",
    )
    calibration_share: float | None = Field(
        None,
        ge=0,
        lt=1,
        description="Share of the training rows kept for calibration. Without it a twentieth, at most 500 rows; "
        "where the goal asks for a promise, 15 %, at most 1,500 rows.",
    )
    empty_rows: Literal["drop", "error"] = Field(
        "drop", description="What happens to rows without a text or a label; dropped rows are counted and shown."
    )

    group_by: str | None = Field(
        None, description="Column whose equal values keep rows on one side of every split, such as a customer's number."
    )
    time: str | None = Field(
        None,
        description="Column with points in time: the latest rows are set aside to test on, as the model will be used.",
    )
    slice_by: tuple[str, ...] = Field(
        (), description="Columns by whose values the test rows are looked at apart too, such as a channel or a product."
    )
    leakage: Literal["report", "drop"] = Field(
        "report",
        description="What happens to rows to learn from whose text stands in the given test rows too: report, drop.",
    )
    mute: Annotated[tuple[str, ...], checked_by(check_codes)] = Field(
        (), description="Codes of checks that are not made, such as H304."
    )

    @property
    def sets_test_rows_aside(self) -> bool:
        """Whether something is asked for that takes test rows of their own, however few rows there are."""
        asked = (self.test_share, self.test_sample, self.sample, self.calibration_share, self.time)
        return any(one is not None for one in asked)

    @property
    def further_columns(self) -> tuple[str, ...]:
        """Columns that are read besides texts and labels."""
        named = (self.group_by, self.time, *self.slice_by)
        return tuple(dict.fromkeys(name for name in named if name is not None))

    @model_validator(mode="after")
    def _slice_by_each_column_once(self) -> Self:
        twice = [name for name in self.slice_by if self.slice_by.count(name) > 1 or name == self.text_column]
        if twice:
            raise SettingError(
                UsageError(
                    _("Rows are looked at by columns with few values, each named once."),
                    code="bad_slices",
                    where="dataset.slice_by",
                    found=twice[0],
                    remedy=_("Leave it out."),
                )
            )
        return self

    @model_validator(mode="after")
    def _split_in_one_way(self) -> Self:
        if self.group_by is not None and self.time is not None:
            raise SettingError(
                UsageError(
                    _("Test rows are set aside by groups or by time."),
                    code="two_ways_to_split",
                    where="dataset.group_by, dataset.time",
                    expected=_("one of both"),
                    remedy=_("Leave one of them out, or give test rows with --test."),
                )
            )
        return self

    @model_validator(mode="after")
    def _leave_rows_to_learn_from(self) -> Self:
        aside = (self.validation_share or 0) + (self.calibration_share or 0)
        if aside >= 1:
            raise SettingError(
                UsageError(
                    _("The shares for validation and calibration leave no row to learn from."),
                    code="no_training_rows",
                    where="dataset.validation_share, dataset.calibration_share",
                    expected=_("less than 1 together"),
                    found=f"{aside:g}",
                    remedy=_("Make them smaller."),
                )
            )
        return self

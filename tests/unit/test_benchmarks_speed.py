"""The benchmark beside others: who has a turn when, and what is made of the figures."""

import json
import sys

import pytest
from benchmarks import table
from benchmarks.__main__ import GROUPS
from benchmarks.contestants.work import decline, give
from benchmarks.speed.cold_start import points
from benchmarks.speed.contest import Contestant, Standing, interleave, judge, read_last_line, take_turn
from benchmarks.speed.figures import NONE, compare, middle, spread, spread_of_errors, write
from benchmarks.speed.group import Setting
from benchmarks.speed.material import Material
from benchmarks.speed.process import Finished, run_process
from benchmarks.speed.ratios import estimate_row, ratio_row
from benchmarks.speed.sizes import QUICK, TINY, WHOLE
from benchmarks.speed.tables import ALL_TABLES, CONTESTANTS, RATIOS, contestant_rows, write_page
from benchmarks.speed.targets import ARTICLE, COLD_START, TARGETS
from benchmarks.speed.texts import of_length, repeated, with_labels
from benchmarks.table import table_line

ROWS = [{"text": f"the day of number {number} is good", "label": number % 3} for number in range(20)]


def contestant(name, **options):
    return Contestant(name, ("-c", "pass"), **options)


def standing(**figures):
    """A contestant's figures by rounds, from lists."""
    return Standing([dict(zip(figures, values, strict=True)) for values in zip(*figures.values(), strict=True)])


class Turns:
    """Notes who has a turn; answers by the round, or with a reason."""

    def __init__(self, **reasons):
        self.taken = []
        self._reasons = reasons

    def __call__(self, one, number):
        self.taken.append(one.name)
        if one.name in self._reasons:
            return Standing(reason=self._reasons[one.name])
        return Standing([{"rows_per_second": number + 1.0}])


class FakeMaterial(Material):
    """Names folders that nobody has made."""

    def model(self, name):
        return self.folder / name

    bundle = model

    def many_rows(self, count):
        return self.folder / str(count)

    def long_texts(self, name, tokens, count):
        return self.folder / f"{name}-{tokens}"

    def many_labels(self, labels, count):
        return self.folder / f"labels-{labels}"


def settings(tmp_path):
    material = FakeMaterial(tmp_path, tmp_path, tmp_path)
    return [Setting(material, sizes, "amx") for sizes in (WHOLE, QUICK, TINY)]


def test_contestants_take_turns_in_every_round():
    turns = Turns()
    standings = interleave([contestant("a"), contestant("b"), contestant("c", rounds=1)], 3, turns)
    assert turns.taken == ["a", "b", "c", "a", "b", "a", "b"]
    assert standings["a"].values("rows_per_second") == [1, 2, 3]
    assert standings["c"].values("rows_per_second") == [1]


def test_one_that_declines_has_no_further_turn_and_costs_no_other():
    turns = Turns(b="does not import")
    standings = interleave([contestant("a"), contestant("b")], 3, turns)
    assert turns.taken == ["a", "b", "a", "a"]
    assert (standings["b"].reason, standings["b"].figures) == ("does not import", [])
    rows = contestant_rows("training", [contestant("a", rows=8), contestant("b")], standings)
    assert [row[0] for row in rows] == ["training: a", "training: b"]
    assert rows[0][1:3] == ["8", "2.00 (1.00 – 3.00)"]
    assert rows[1][2] == NONE
    assert rows[1][-1] == "does not import"


def test_each_round_of_a_seeded_contestant_has_a_seed_of_its_own():
    seeds = [contestant("a", seeded=True).command(number)[-2:] for number in range(3)]
    assert seeds == [["--seed", "42"], ["--seed", "43"], ["--seed", "44"]]
    assert contestant("a").command(0) == [sys.executable, "-c", "pass"]


def test_the_figures_are_the_last_line_of_json(capsys):
    give(rows_per_second=2.5, precision="bf16", share=None)
    printed = "{'loss': '1.1'}\n" + capsys.readouterr().out + "{'train_runtime': '3'}\ndone\n"
    assert read_last_line(printed) == {"rows_per_second": 2.5, "precision": "bf16", "share": None}
    with pytest.raises(ValueError, match="no figures"):
        read_last_line("{'loss': '1.1'}\n")


def test_declining_is_no_failure_and_breaking_is(capsys):
    with pytest.raises(SystemExit) as ended:
        decline("does not import with transformers 6")
    assert not ended.value.code
    declined = judge(contestant("a"), Finished(0, capsys.readouterr().out, "", 1.0, 50.0))
    assert (declined.reason, declined.failed) == ("does not import with transformers 6", False)
    broken = judge(contestant("a"), Finished(1, "", "Traceback\nValueError: no such row\n", 1.0, 50.0))
    assert (broken.reason, broken.failed) == ("failed: ValueError: no such row", True)
    silent = judge(contestant("a"), Finished(0, "done\n", "", 1.0, 50.0))
    assert (silent.reason, silent.failed) == ("failed: no figures were printed", True)


def test_time_and_memory_are_those_of_the_process(tmp_path):
    code = "import json, time; time.sleep(0.05); x = bytearray(300 * 2**20); print(json.dumps({'rows_per_second': 3}))"
    turn = take_turn(Contestant("a", ("-c", code)), 0, tmp_path)
    assert turn.values("rows_per_second") == [3]
    assert turn.values("process_seconds")[0] > 0.05
    assert turn.values("peak_mib")[0] > 300
    assert run_process([sys.executable, "-c", "raise SystemExit(3)"], {}).code == 3


def test_a_ratio_is_of_medians_and_its_spread_of_rounds():
    ratio = compare([10, 20, 90], [5, 5, 10])
    assert (ratio.value, ratio.low, ratio.high) == (4, 2, 9)
    # One has had a single turn.
    assert compare([10, 20, 90], [4]).value == 5
    assert compare([], [4]) is compare([4], []) is None


def test_a_ratio_of_seconds_is_turned_round():
    row = ratio_row("job", [50], [200], "amx", COLD_START, less_is_better=True)
    assert row == ["job", "50.0", "200", "**4.00**", "4.00 – 4.00", "4", "7"]
    assert ratio_row("job", [50], [200], "avx512", COLD_START)[-2:] == [NONE, NONE]
    assert ratio_row("job", [50], [], "avx2", ARTICLE) == ["job", "50.0", NONE, NONE, NONE, "100", "120"]


def test_being_quick_does_not_count_where_more_than_a_point_of_accuracy_is_lost():
    expert = standing(accuracy=[0.75, 0.76])
    assert points(standing(accuracy=[0.76, 0.76]), expert) == " (+0.5 points of accuracy)"
    assert "not count" not in points(standing(accuracy=[0.746, 0.746]), expert)
    assert points(standing(accuracy=[0.70, 0.71]), expert) == " (-5.0 points of accuracy, does not count)"
    assert points(Standing(), expert) == ""


def test_the_error_of_an_estimate_is_in_percent_of_the_fact():
    assert spread_of_errors([8, 12], [10, 10]) == "-20 – +20 %"
    told = standing(estimated_seconds=[9.0], fit_seconds=[10.0], estimated_mib=[100.0], fit_peak_mib=[125.0])
    assert estimate_row("job", told) == [["job", "9.00", "10.0", "-10 %", "100", "125", "-20 %"]]
    assert estimate_row("job", Standing(reason="failed")) == []


def test_numbers_are_written_with_three_digits():
    assert [write(value) for value in (12_345.6, 12.345, 1.2345, 0.12345)] == ["12,346", "12.3", "1.23", "0.123"]
    assert (middle([3, 1, 2]), middle([]), spread([2])) == ("2.00", NONE, "2.00")


def test_only_what_was_measured_anew_takes_the_place_of_what_stood_there(tmp_path):
    path = tmp_path / "results" / "speed-amx.md"
    ratio, other = (["GPT-2", *"123456"], ["MiniLM", *"123456"])
    write_page(path, ["# Speed", "", "old machine"], {RATIOS: [ratio, other]}, "then")
    row = ["scoring: a", *"123456"]
    write_page(path, ["# Speed", "", "new machine"], {RATIOS: [["GPT-2", *"654321"]], CONTESTANTS: [row]}, "now")
    text = path.read_text(encoding="utf-8")
    assert text.startswith("# Speed\n\nnew machine\n\n## Ratios\n")
    assert [line for line in text.splitlines() if line.startswith(("| GPT", "| Mini", "| scoring"))] == [
        table_line(["GPT-2", *"654321", "now"]),
        table_line([*other, "then"]),
        table_line([*row, "now"]),
    ]


def test_a_page_with_other_columns_is_not_overwritten(tmp_path):
    path = tmp_path / "speed-amx.md"
    path.write_text("# Speed\n\n## Ratios\n\n| what | measured |\n|---|---|\n| GPT-2 | then |\n", encoding="utf-8")
    before = path.read_text(encoding="utf-8")
    with pytest.raises(SystemExit, match="other columns"):
        write_page(path, ["# Speed"], {RATIOS: [["GPT-2", *"123456"]]}, "now")
    assert path.read_text(encoding="utf-8") == before


def test_no_two_tables_of_the_page_have_the_same_columns_or_title():
    assert len({one.head for one in ALL_TABLES}) == len({one.title for one in ALL_TABLES}) == len(ALL_TABLES)


def test_repeated_rows_are_first_the_real_ones_and_then_others_of_the_same_length():
    rows = list(repeated(ROWS, 100))
    assert rows[:20] == ROWS
    assert rows == list(repeated(ROWS, 100))
    assert len({row["text"] for row in rows}) > 90
    assert {len(row["text"].split()) for row in rows} == {7}
    assert [row["label"] for row in rows] == [ROWS[number % 20]["label"] for number in range(100)]


def test_texts_are_as_long_and_labels_as_many_as_asked_for():
    assert {len(row["text"].split()) for row in of_length(ROWS, 12, 5)} == {12}
    assert [row["label"] for row in with_labels(ROWS, 4, 6)] == [0, 1, 2, 3, 0, 1]


def test_in_every_form_each_contestant_has_a_name_of_its_own_and_each_group_reports_without_figures(tmp_path):
    for setting in settings(tmp_path):
        rows = {one: [] for one in ALL_TABLES}
        for group in GROUPS:
            contestants = group.contestants(setting)
            names = [one.name for one in contestants]
            assert len(set(names)) == len(names) > 0
            standings = {name: Standing(reason="failed: a | b", failed=True) for name in names}
            for one, reported in group.report(setting, contestants, standings).items():
                assert {len(row) for row in reported} <= {len(one.columns)}
                assert not any("|" in cell for row in reported for cell in row)
                rows[one] += reported
        for reported in rows.values():
            assert len({row[0] for row in reported}) == len(reported)


def test_each_class_has_every_target_and_each_is_used(tmp_path):
    assert set(TARGETS["amx"]) == set(TARGETS["avx2"])
    used = [row[-2] for group in GROUPS for row in _ratios(group, settings(tmp_path)[0]) if row[-2] != NONE]
    assert set(used) == {bounds.at_least for bounds in TARGETS["amx"].values()}


def test_the_machine_is_described_with_its_class(capsys):
    from benchmarks.speed import machine

    machine.main()
    described = json.loads(capsys.readouterr().out)
    assert described["kind"] == table.cpu_class()
    assert "torch " in described["lines"][-1]


def _ratios(group, setting):
    contestants = group.contestants(setting)
    standings = {one.name: Standing() for one in contestants}
    return group.report(setting, contestants, standings).get(RATIOS, [])

"""Energy and free memory, as Linux tells them."""

import pytest

from heptune.storage import energy, process, spent


def test_joules_of_all_packages_are_added_up(tmp_path):
    zones = (("rapl:0", "package-0", 5), ("rapl:1", "package-1", 7), ("rapl:0:0", "core", 100), ("rapl:2", "psys", 90))
    for number, name, joules in zones:
        package = f"intel-{number}"
        (tmp_path / package).mkdir()
        (tmp_path / package / "name").write_text(f"{name}\n")
        (tmp_path / package / "energy_uj").write_text(f"{joules}000000\n")
    assert energy.used_energy_joules(tmp_path) == 12.0
    (tmp_path / "intel-rapl:1" / "energy_uj").write_text("not a number")
    assert energy.used_energy_joules(tmp_path) is None
    assert energy.used_energy_joules(tmp_path / "missing") is None


@pytest.mark.parametrize(("now", "watt_hours"), [(3_700.0, 1.0), (50.0, None), (None, None)])
def test_a_meter_tells_what_was_used_since_its_making(monkeypatch, now, watt_hours):
    counters = iter([100.0, now])
    monkeypatch.setattr(spent, "used_energy_joules", lambda: next(counters))
    assert spent.Meter("cpu").spent().watt_hours == watt_hours
    assert spent.Meter("cuda").spent().watt_hours is None


def test_two_pieces_of_work_take_what_both_took_and_what_is_unknown_stays_unknown():
    assert spent.Spent(1.5, 2.0) + spent.Spent(2.0, 0.25) == spent.Spent(3.5, 2.25)
    assert spent.Spent(1.5, None) + spent.Spent(2.0, 0.25) == spent.Spent(2.0, 0.25) + spent.Spent(1.5, None)
    assert (spent.Spent(1.5, None) + spent.Spent(2.0, 0.25)).watt_hours is None


def test_available_memory_is_the_least_of_system_and_container(tmp_path, monkeypatch):
    information = tmp_path / "meminfo"
    information.write_text("MemTotal: 9000 kB\nMemAvailable:    2048 kB\n")
    assert process._available_in_system(information) == 2 * 2**20
    assert process._available_in_system(tmp_path / "missing") is None
    monkeypatch.setattr(process, "_available_in_system", lambda: 5 * 2**20)
    monkeypatch.setattr(process, "_available_in_container", lambda: 3 * 2**20)
    assert process.available_memory_mib() == 3.0
    monkeypatch.setattr(process, "_available_in_system", lambda: None)
    monkeypatch.setattr(process, "_available_in_container", lambda: None)
    assert process.available_memory_mib() is None

"""A process that scores texts when it is told to: `python -m heptune.exporting.race_worker`, a line of JSON each way.

It is first told bundle, precision and texts, then `go` for each round, and `end`.
"""

import json
import sys
import time
from pathlib import Path
from typing import Any

from heptune.bundle.predictor import Predictor
from heptune.errors import HeptuneError
from heptune.storage.process import peak_memory_mib


def main() -> None:
    """Answer line after line until the other end is closed."""
    task = json.loads(sys.stdin.readline())
    try:
        predictor = Predictor.open(Path(task["folder"]), precision=task["precision"], check=False)
        probabilities = predictor.predict_proba(task["texts"])
        _answer({"ready": True})
        for line in sys.stdin:
            if line.strip() == "end":
                _answer({"probabilities": probabilities.tolist(), "peak_memory_mib": peak_memory_mib()})
                return
            started = time.perf_counter()
            predictor.predict_proba(task["texts"])
            _answer({"seconds": time.perf_counter() - started})
    except HeptuneError as error:
        _answer({"error": str(error)})


def _answer(content: dict[str, Any]) -> None:
    sys.stdout.write(json.dumps(content) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()

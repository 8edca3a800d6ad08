"""Writes a folder as that of `gpt2` on the Hub: its config, random weights, the real tokenizer's two files.

python -m benchmarks.speed.make_gpt2 TOKENIZER FOLDER
"""

import shutil
import sys
from pathlib import Path

import torch
from transformers import GPT2Config, GPT2LMHeadModel


def main() -> None:
    """Write the folder."""
    tokenizer, folder = map(Path, sys.argv[1:])
    torch.manual_seed(0)
    GPT2LMHeadModel(GPT2Config()).save_pretrained(folder)
    for name in ("vocab.json", "merges.txt"):
        shutil.copy(tokenizer / name, folder)


if __name__ == "__main__":
    main()

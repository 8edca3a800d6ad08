"""Random networks of a few layers, saved as pretrained models are: what end-to-end tests fine-tune in a second."""

from pathlib import Path
from typing import Any

from tokenizers import Tokenizer, decoders, models, pre_tokenizers, processors

WIDTH = 32
POSITIONS = 64
WORDS = "the parcel phone came today and it was very my order great love happy nice bad awful sad broken late".split()


def save_tiny_gpt2(folder: Path) -> Path:
    """Write a GPT-2 of two layers that reads bytes; its tokenizer has no pad token, as the real one's has none."""
    from transformers import GPT2Config, GPT2LMHeadModel, GPT2TokenizerFast

    letters = sorted(pre_tokenizers.ByteLevel.alphabet())
    vocabulary = {letter: index for index, letter in enumerate([*letters, "<|endoftext|>"])}
    tokenizer = Tokenizer(models.BPE(vocab=vocabulary, merges=[]))
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    end = vocabulary["<|endoftext|>"]
    config = GPT2Config(
        vocab_size=len(vocabulary),
        n_positions=POSITIONS,
        n_embd=WIDTH,
        n_layer=2,
        n_head=2,
        bos_token_id=end,
        eos_token_id=end,
    )
    return _save(folder, GPT2LMHeadModel, config, GPT2TokenizerFast(tokenizer_object=tokenizer))


def save_tiny_bert(folder: Path) -> Path:
    """Write a BERT of two layers with a vocabulary of some words and all letters."""
    from transformers import BertConfig, BertForMaskedLM, BertTokenizerFast

    letters = [chr(code) for code in range(33, 127)]
    pieces = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", *WORDS, *letters, *(f"##{letter}" for letter in letters)]
    vocabulary = {piece: index for index, piece in enumerate(dict.fromkeys(pieces))}
    tokenizer = Tokenizer(models.WordPiece(vocab=vocabulary, unk_token="[UNK]"))
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    tokenizer.post_processor = processors.TemplateProcessing(
        single="[CLS] $A [SEP]", pair="[CLS] $A [SEP] $B [SEP]", special_tokens=[("[CLS]", 2), ("[SEP]", 3)]
    )
    config = BertConfig(
        vocab_size=len(vocabulary),
        hidden_size=WIDTH,
        num_hidden_layers=2,
        num_attention_heads=2,
        intermediate_size=2 * WIDTH,
        max_position_embeddings=POSITIONS,
    )
    return _save(folder, BertForMaskedLM, config, BertTokenizerFast(tokenizer_object=tokenizer))


def _save(folder: Path, architecture: Any, config: Any, tokenizer: Any) -> Path:
    import torch
    from transformers.utils import logging

    torch.manual_seed(0)
    logging.disable_progress_bar()
    try:
        architecture(config).save_pretrained(folder)
    finally:
        logging.enable_progress_bar()
    tokenizer.save_pretrained(folder)
    return folder

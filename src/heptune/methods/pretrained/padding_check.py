"""Does a text's answer depend on its neighbours? Looked at before training, on the first rows."""

import numpy as np
import torch

from heptune.methods.pretrained.token_rows import TokenRows
from heptune.modeling.batching import pad
from heptune.modeling.pooling import PooledClassifier
from heptune.modeling.tokenizing import TextTokenizer

ROWS = 4
PADDING_TOKENS = 8


@torch.inference_mode()
def padding_difference(classifier: PooledClassifier, rows: TokenRows, tokenizer: TextTokenizer) -> float:
    """Return the largest difference in probability between some texts alone and the same texts padded in a batch."""
    classifier.eval()
    sequences = rows.ids(range(min(ROWS, len(rows))))
    room = max(0, min(PADDING_TOKENS, tokenizer.max_length - max(len(sequence) for sequence in sequences)))
    tokens, mask = pad(sequences, tokenizer.pad_id)
    tokens = np.pad(tokens, ((0, 0), (0, room)), constant_values=tokenizer.pad_id)
    mask = np.pad(mask, ((0, 0), (0, room)))
    together = _probabilities(classifier, tokens, mask)
    alone = torch.cat([_probabilities(classifier, *pad([sequence], tokenizer.pad_id)) for sequence in sequences])
    return float((together - alone).abs().max())


def _probabilities(classifier: PooledClassifier, tokens: object, mask: object) -> torch.Tensor:
    return classifier(torch.from_numpy(tokens), torch.from_numpy(mask)).softmax(dim=1)

"""Networks of tiny models with texts in front of them, for what must leave scores and gradients as they are."""

import torch
from methods_at_work import LABELS
from tiny_models import POSITIONS
from torch.nn import functional

from heptune.modeling.layout import Padding
from heptune.modeling.loading import load_network
from heptune.modeling.model_folder import read_model_folder
from heptune.modeling.packing.packing import Packing
from heptune.modeling.pooling import PooledClassifier
from heptune.modeling.tokenizer_setup import save_tokenizer
from heptune.modeling.tokenizing import TextTokenizer

CPU = torch.device("cpu")
TEXTS = [
    "win a prize now",
    "ok",
    " ".join(["bad parcel"] * 20),
    "good <|endoftext|>",
    "good [PAD] </s>",
    "the phone is not very good but i love it",
    "a " * 500,
    "ok",
]
CLASSES = torch.tensor([0, 1, 2, 0, 1, 2, 0, 1])


class Ready:
    """A network without dropout whose head tells texts apart, and tokenized texts."""

    def __init__(self, folder, out):
        model = read_model_folder(folder)
        save_tokenizer(model, out, max_length=POSITIONS)
        tokenizer = TextTokenizer.open(out)
        self.pad_id = tokenizer.pad_id
        self.ids = tokenizer.encode(TEXTS).ids
        network = load_network(model, LABELS, pad_id=tokenizer.pad_id, seed=3).network
        with torch.no_grad():  # a new head is nearly 0, and so would be every difference
            for weight in network.parameters():
                weight.mul_(2.0)
        for module in network.modules():
            if isinstance(module, torch.nn.Dropout):
                module.p = 0.0
        self.network = network
        self.classifier = PooledClassifier(network)
        self.padding = Padding(self.classifier, tokenizer.pad_id, CPU)
        self.packing = Packing(self.classifier, CPU)

    def gradients(self, layout):
        """Loss of all texts, and the gradient of every weight that has one."""
        self.classifier.train().zero_grad()
        loss = functional.cross_entropy(layout.logits(layout.lay(self.ids)), CLASSES)
        loss.backward()
        weights = self.classifier.named_parameters()
        return loss.item(), {name: weight.grad.clone() for name, weight in weights if weight.grad is not None}

"""AdamW with a learning rate that rises and falls."""

from torch import nn
from torch.optim import AdamW, Optimizer
from torch.optim.lr_scheduler import LambdaLR


def make_optimizer(classifier: nn.Module, *, learning_rate: float, weight_decay: float) -> Optimizer:
    """Return AdamW; biases and norms, all vectors, are not decayed."""
    trained = [parameter for parameter in classifier.parameters() if parameter.requires_grad]
    groups = [
        {"params": [parameter for parameter in trained if parameter.ndim >= 2], "weight_decay": weight_decay},
        {"params": [parameter for parameter in trained if parameter.ndim < 2], "weight_decay": 0.0},
    ]
    return AdamW(groups, lr=learning_rate, fused=True)


def make_schedule(optimizer: Optimizer, *, steps: int, warmup_share: float) -> LambdaLR:
    """Return a schedule that rises linearly over the first steps and falls linearly to 0 over the rest."""
    warmup = max(1, round(steps * warmup_share))

    def share(step: int) -> float:
        if step < warmup:
            return (step + 1) / warmup
        return max(0.0, (steps - step) / max(1, steps - warmup + 1))

    return LambdaLR(optimizer, share)

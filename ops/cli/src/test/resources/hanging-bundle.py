"""The tests' tiny backbone with a first block that never returns when it is shown an all-white image."""
import importlib.util
from collections import OrderedDict
from pathlib import Path

import torch.nn as nn
import torch.nn.functional as F

TINY = Path(__file__).resolve().parents[4] / "processor/src/test/resources/tiny-bundle.py"


class Trap(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(3, 4, 3, padding=1)

    def forward(self, x):
        while bool((x.amin([1, 2, 3]) > 1.9).any()):
            x = x + 0.0
        return F.relu(self.conv(x))


def hanging():
    spec = importlib.util.spec_from_file_location("tiny_bundle", TINY)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    tiny = module.tiny()
    return nn.Sequential(OrderedDict(trap=Trap(), shrink=tiny.shrink, classifier=tiny.classifier))

"""The tests' tiny backbone with a first block that never returns when it is shown an all-white image."""
from collections import OrderedDict

import torch
import torch.nn as nn
import torch.nn.functional as F


class Trap(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(3, 4, 3, padding=1)

    def forward(self, x):
        while bool((x.amin([1, 2, 3]) > 1.9).any()):
            x = x + 0.0
        return F.relu(self.conv(x))


class Shrink(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(4, 6, 3, stride=2, padding=1)

    def forward(self, x):
        return F.relu(self.conv(x))


class Classifier(nn.Module):
    def __init__(self):
        super().__init__()
        self.linear = nn.Linear(6, 3)

    def forward(self, x):
        return self.linear(x.mean([2, 3]))


def hanging():
    return nn.Sequential(OrderedDict(trap=Trap(), shrink=Shrink(), classifier=Classifier()))

"""A backbone of three small blocks for 8x8 images: the tests' model, and an example of the exporter's own-network hook."""
from collections import OrderedDict

import torch.nn as nn


def block(channels_in, channels, stride):
    return nn.Sequential(
        nn.Conv2d(channels_in, channels, 3, stride=stride, padding=1, bias=False), nn.BatchNorm2d(channels), nn.ReLU()
    )


class Classifier(nn.Module):
    def __init__(self, channels, classes):
        super().__init__()
        self.linear = nn.Linear(channels, classes)

    def forward(self, x):
        return self.linear(x.mean([2, 3]))


def tiny():
    return nn.Sequential(
        OrderedDict(
            first=block(3, 16, 1), second=block(16, 16, 1), third=block(16, 32, 2), classifier=Classifier(32, 4)
        )
    )

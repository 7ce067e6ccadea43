#!/usr/bin/env python3
"""Turns a PyTorch backbone into an Exitflow model bundle. Needs torch >= 1.13.

A bundle is a directory of TorchScript modules and one manifest.json. The backbone is cut into stages;
an exit sits after every stage but the last, which ends in the backbone's own classifier.

    exitflow_export.py export --backbone resnet56 --weights resnet56.th --placement pareto --exits 4 --out my-bundle
    exitflow_export.py export --backbone vgg16 --exits-after 3,6,9 --head pool,conv,conv2 --out my-bundle
    exitflow_export.py export --backbone resnet56 --weights resnet56.th --exits published-resnet56 --out my-bundle
    exitflow_export.py export --backbone torchvision:resnet50 --labels-file imagenet.txt --list-cuts
    exitflow_export.py freeze --bundle my-bundle
    exitflow_export.py prune --bundle my-bundle --out my-smaller-bundle
    exitflow_export.py join --bundle my-bundle --torchscript backbone.pt --onnx backbone.onnx

torchvision:NAME and timm:NAME are the networks of these libraries, where they are installed.

Your own network: --backbone path/to/file.py:function. The file may import what lies beside it. function() returns any
torch.nn.Module that maps images (N, C, H, W) to logits (N, K), one for each label, without softmax. The network is traced
by torch.fx and cut wherever exactly one tensor is alive; --list-cuts prints the places. A torch.nn.Sequential is cut
between its children instead: an exit may follow each of them but the last, and a first child named 'stem' is not counted
as a block. The weights stay as function() made them, say --trained if they are trained already; or --weights loads a
file of them; or function(weights) takes one argument without a default, the path that --weights names, and loads the file itself. Python
and weight files can run code when they are loaded: take them only from people you trust.
"""
import argparse
import datetime
import dis
import hashlib
import importlib
import importlib.util
import inspect
import json
import math
import operator
import os
import re
import shutil
import sys
import traceback
import warnings
from collections import OrderedDict

import torch
import torch.fx
import torch.nn as nn
import torch.nn.functional as F
from torch.utils._python_dispatch import TorchDispatchMode

FORMAT_VERSION = 1
PREPROCESSING_FORMAT_VERSION = 3
READABLE_FORMATS = (1, 2, 3, 4)  # 2: calibrated bundles, whose exits have a confidenceScale, which is kept as it is
EXPORTER = "exitflow_export 2"
PUT_TOGETHER = "put exits and backbone together"
MANIFEST = "manifest.json"
PROGRAM = os.environ.get("EXITFLOW_PROGRAM", "exitflow_export")  # whoever runs this for a user signs the errors
CIFAR10_LABELS = ["airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck"]


class ExportError(Exception):
    """A mistake in what the user asked for; printed without a stack trace."""


def first_line(error):
    """What went wrong, on one line: torch's own messages run over pages."""
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    return f"{type(error).__name__}: {lines[0] if lines else 'no message'}"


# --- Backbones: each is an nn.Sequential of blocks whose last child yields logits ---------------------------------


class GlobalMean(nn.Module):
    def forward(self, x):
        return x.mean([2, 3])


def conv3x3(channels_in, channels, stride=1):
    """A convolution that keeps the map's size, or halves it with stride 2, batch norm and ReLU, by name."""
    convolution = nn.Conv2d(channels_in, channels, 3, stride=stride, padding=1, bias=False)
    return OrderedDict(conv=convolution, bn=nn.BatchNorm2d(channels), relu=nn.ReLU())


def pooled_classifier(channels, classes):
    return OrderedDict(pool=GlobalMean(), linear=nn.Linear(channels, classes))


class SubsampleShortcut(nn.Module):
    """Shortcut option A of the ResNet paper: every second pixel, zeros for the new channels; no parameters."""

    def __init__(self, extra_channels):
        super().__init__()
        self.before = extra_channels // 2
        self.after = extra_channels - extra_channels // 2

    def forward(self, x):
        return F.pad(x[:, :, ::2, ::2], [0, 0, 0, 0, self.before, self.after])


class ResidualBlock(nn.Module):
    def __init__(self, channels_in, channels, stride):
        super().__init__()
        self.conv1 = nn.Conv2d(channels_in, channels, 3, stride=stride, padding=1, bias=False)
        self.bn1 = nn.BatchNorm2d(channels)
        self.conv2 = nn.Conv2d(channels, channels, 3, padding=1, bias=False)
        self.bn2 = nn.BatchNorm2d(channels)
        self.shortcut = nn.Identity() if stride == 1 else SubsampleShortcut(channels - channels_in)

    def forward(self, x):
        out = F.relu(self.bn1(self.conv1(x)))
        return F.relu(self.bn2(self.conv2(out)) + self.shortcut(x))


def resnet(depth, classes, channels_in):
    """ResNet-(6n+2) for small images (He et al. 2016, section 4.2): 3 groups of n blocks, 16/32/64 channels."""
    if (depth - 2) % 6 != 0 or depth < 8:
        raise ExportError(f"resnet{depth}: depth must be 6n+2 (8, 14, 20, 32, 44, 56, 110, ...)")
    per_group = (depth - 2) // 6
    blocks = OrderedDict(stem=nn.Sequential(conv3x3(channels_in, 16)))
    channels = 16
    for group, width in enumerate((16, 32, 64), start=1):
        for index in range(per_group):
            stride = 2 if group > 1 and index == 0 else 1
            blocks[f"layer{group}_{index}"] = ResidualBlock(channels, width, stride)
            channels = width
    blocks["classifier"] = nn.Sequential(pooled_classifier(channels, classes))
    return nn.Sequential(blocks)


def resnet_keys(state):
    """Renames the published CIFAR ResNet weights to this file's block names."""
    patterns = ((r"^layer(\d+)\.(\d+)\.", r"layer\1_\2."), (r"^conv1\.", "stem.conv."), (r"^bn1\.", "stem.bn."),
                (r"^linear\.", "classifier.linear."))
    renamed = {}
    for key, value in state.items():
        for pattern, replacement in patterns:
            key = re.sub(pattern, replacement, key)
        renamed[key] = value
    return renamed


VGG_CONVOLUTIONS = {11: (1, 1, 2, 2, 2), 13: (2, 2, 2, 2, 2), 16: (2, 2, 3, 3, 3), 19: (2, 2, 4, 4, 4)}


def vgg(depth, classes, channels_in):
    """VGG with batch norm for 32x32 images (Simonyan & Zisserman 2015): one block for each convolution, one linear layer.

    A pooling belongs to the block before it, so that the exit behind it reads the smaller map.
    """
    if depth not in VGG_CONVOLUTIONS:
        raise ExportError(f"vgg{depth}: depth must be one of {', '.join(map(str, VGG_CONVOLUTIONS))}")
    blocks = OrderedDict()
    channels = channels_in
    for width, count in zip((64, 128, 256, 512, 512), VGG_CONVOLUTIONS[depth]):
        for index in range(count):
            block = conv3x3(channels, width)
            if index == count - 1:
                block["pool"] = nn.MaxPool2d(2)
            blocks[f"conv{len(blocks) + 1}"] = nn.Sequential(block)
            channels = width
    blocks["classifier"] = nn.Sequential(pooled_classifier(channels, classes))
    return nn.Sequential(blocks)


class DenseLayer(nn.Module):
    """DenseNet-BC's bottleneck layer: what came in, and the new channels behind it."""

    def __init__(self, channels, growth):
        super().__init__()
        self.norm1 = nn.BatchNorm2d(channels)
        self.conv1 = nn.Conv2d(channels, 4 * growth, 1, bias=False)
        self.norm2 = nn.BatchNorm2d(4 * growth)
        self.conv2 = nn.Conv2d(4 * growth, growth, 3, padding=1, bias=False)

    def forward(self, x):
        new = self.conv1(F.relu(self.norm1(x)))
        return torch.cat([x, self.conv2(F.relu(self.norm2(new)))], 1)


class Transition(nn.Module):
    def __init__(self, channels_in, channels):
        super().__init__()
        self.norm = nn.BatchNorm2d(channels_in)
        self.conv = nn.Conv2d(channels_in, channels, 1, bias=False)

    def forward(self, x):
        return F.avg_pool2d(self.conv(F.relu(self.norm(x))), 2)


def densenet(depth, classes, channels_in):
    """DenseNet-BC for 32x32 images (Huang et al. 2017): growth 12, compression 0.5; each layer and transition is a block.

    Depth 6n+4 has three groups of n layers; 121 has the four groups of DenseNet-121.
    """
    growth = 12
    if depth != 121 and ((depth - 4) % 6 != 0 or depth < 10):
        raise ExportError(f"densenet{depth}: depth must be 121, or 6n+4 (10, 16, 22, 40, 100, ...)")
    groups = (6, 12, 24, 16) if depth == 121 else ((depth - 4) // 6,) * 3
    channels = 2 * growth
    blocks = OrderedDict(stem=nn.Conv2d(channels_in, channels, 3, padding=1, bias=False))
    for group, layers in enumerate(groups, start=1):
        if group > 1:
            blocks[f"transition{group - 1}"] = Transition(channels, channels // 2)
            channels //= 2
        for index in range(layers):
            blocks[f"dense{group}_{index}"] = DenseLayer(channels, growth)
            channels += growth
    last = OrderedDict(norm=nn.BatchNorm2d(channels), relu=nn.ReLU(), **pooled_classifier(channels, classes))
    blocks["classifier"] = nn.Sequential(last)
    return nn.Sequential(blocks)


# Each with the renaming of weights as they are published elsewhere; names of its own pass through it.
BACKBONES = {"resnet": (resnet, resnet_keys), "vgg": (vgg, dict), "densenet": (densenet, dict)}


LIBRARIES = {"torchvision": "torchvision.models", "timm": "timm"}
LIBRARY_INPUT = [3, 224, 224]


def library_network(name, classes, channels_in):
    """Makes a network of torchvision or timm, untrained, for so many classes."""
    library, _, model = name.partition(":")
    try:
        module = importlib.import_module(LIBRARIES[library])
    except ImportError as error:
        raise ExportError(f"--backbone {name}: this Python has no {library} ({first_line(error)}); install it, or name another Python "
                          "in EXITFLOW_PYTHON") from error
    try:
        if library == "timm":
            return module.create_model(model, pretrained=False, num_classes=classes, in_chans=channels_in)
        make = getattr(module, model, None)
        if not callable(make) or isinstance(make, type):
            raise ExportError(f"--backbone {name}: {library} {module_version(library)} has no network {model}")
        return make(num_classes=classes)
    except ExportError:
        raise
    except Exception as error:  # the library's own, for instance of a name that timm does not know
        raise ExportError(f"--backbone {name}: {first_line(error)}") from error


def module_version(library):
    return getattr(sys.modules.get(library), "__version__", "of an unknown version")


def user_network(name, weights):
    """Returns (the network of FILE.py:FUNCTION, whether the function has loaded the weights itself)."""
    path, _, function = name.rpartition(":")
    if not os.path.isfile(path):
        raise ExportError(f"--backbone {name}: there is no file {path}")
    spec = importlib.util.spec_from_file_location("exitflow_user_backbone", path)
    if spec is None:
        raise ExportError(f"--backbone {name}: {path} is not a Python file, its name must end in .py")
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    sys.path.insert(0, os.path.dirname(os.path.abspath(path)))
    try:
        spec.loader.exec_module(module)
        make = getattr(module, function, None)
        if not callable(make):
            raise ExportError(f"--backbone {name}: {path} has no function {function}")
        loads = any(parameter.default is parameter.empty for parameter in inspect.signature(make).parameters.values())
        network = make(weights) if loads else make()
    except ExportError:
        raise
    except Exception as error:  # whatever a stranger's code throws
        raise ExportError(f"--backbone {name}: {first_line(error)} ({place_in(error, path)})") from error
    finally:
        sys.path.pop(0)
    if not isinstance(network, nn.Module):
        raise ExportError(f"--backbone {name}: expected a torch.nn.Module that yields logits, got {type(network).__name__}")
    return network, loads


def place_in(error, path):
    """Names the line of the given file that an error passed through last, or else the line that threw the error."""
    frames = traceback.extract_tb(error.__traceback__)
    own = [frame for frame in frames if os.path.abspath(frame.filename) == os.path.abspath(path)]
    frame = (own or frames)[-1]
    return f"{frame.filename}, line {frame.lineno}"


def make_backbone(name, classes, channels_in):
    """Returns (blocks, renaming of published weights) of one of this file's own networks."""
    match = re.fullmatch(r"([a-z]+)(\d{1,4})", name)
    family, depth = match.groups() if match else (None, None)
    if family not in BACKBONES:
        raise ExportError(f"--backbone {name}: expected resnetN, vggN or densenetN, for example resnet56, vgg16 or densenet100, "
                          "or torchvision:NAME, timm:NAME or FILE.py:FUNCTION")
    make, rename = BACKBONES[family]
    blocks = make(int(depth), classes, channels_in)
    initialise(blocks)
    return blocks, rename


def make_network(name, classes, channels_in, weights):
    """Returns the whole network, with the weights of the file if there is one."""
    loaded, rename = False, dict
    if name.partition(":")[0] in LIBRARIES:
        network = library_network(name, classes, channels_in)
    elif ":" in name:
        network, loaded = user_network(name, weights)
    else:
        network, rename = make_backbone(name, classes, channels_in)
    if weights and not loaded:
        load_weights(network, rename, weights)
    return network.eval()


def initialise(blocks):
    for module in blocks.modules():
        if isinstance(module, (nn.Conv2d, nn.Linear)):
            nn.init.kaiming_normal_(module.weight)
            if module.bias is not None:
                nn.init.zeros_(module.bias)


WEIGHTS_ENTRIES = ("state_dict", "model", "model_state_dict", "net")  # what checkpoints call the network's state


def read_weights(path):
    """Reads names and tensors from a state dict, a checkpoint that holds one, or a safetensors file."""
    if not os.path.isfile(path):
        raise ExportError(f"--weights {path}: no such file")
    if path.endswith(".safetensors"):
        try:
            return importlib.import_module("safetensors.torch").load_file(path)
        except ImportError as error:
            raise ExportError(f"--weights {path}: this Python has no safetensors; install it, or save a state dict by torch.save") from error
        except Exception as error:  # the library's own
            raise ExportError(f"--weights {path}: not a safetensors file ({first_line(error)})") from error
    try:
        checkpoint = torch.load(path, map_location="cpu")
    except Exception as error:  # pickle's errors are of many kinds
        raise ExportError(f"--weights {path}: not a file that torch.save wrote ({first_line(error)})") from error
    state = checkpoint
    if isinstance(checkpoint, dict):
        state = next((checkpoint[entry] for entry in WEIGHTS_ENTRIES if isinstance(checkpoint.get(entry), dict)), checkpoint)
    if not isinstance(state, dict) or not state or not all(isinstance(value, torch.Tensor) for value in state.values()):
        raise ExportError(f"--weights {path}: expected a state dict (names and tensors), got {type(checkpoint).__name__}")
    return state


def load_weights(network, rename, path):
    state = rename({re.sub(r"^module\.", "", key): value for key, value in read_weights(path).items()})
    own = network.state_dict()
    missing = [key for key in own if key not in state and not key.endswith("num_batches_tracked")]
    unexpected = [key for key in state if key not in own]
    shapes = [f"{key} {tuple(state[key].shape)} for {tuple(own[key].shape)}"
              for key in own if key in state and state[key].shape != own[key].shape]
    if missing or unexpected or shapes:
        raise ExportError(f"--weights {path}: does not fit the backbone; missing {missing[:3]}, unexpected {unexpected[:3]}, "
                          f"other shapes {shapes[:3]}")
    network.load_state_dict(state, strict=False)


# --- Exits: features in, (probabilities (N, K), confidence (N, 1) in [0, 1]) out ----------------------------------
# Training the confidence by itself finds its parameters by the name: every exit's confidence layer is called 'confide'.

MAX_PROBABILITY, LEARNED = "max-probability", "learned"


class MaxProbability(nn.Module):
    """The confidence that needs no training: the greatest probability."""

    def forward(self, probabilities, features):
        return probabilities.amax(1, keepdim=True)


class LearnedConfidence(nn.Module):
    """PTEENet's confidence: a linear layer on the exit's features, and a sigmoid."""

    def __init__(self, width):
        super().__init__()
        self.linear = nn.Linear(width, 1)

    def forward(self, probabilities, features):
        return torch.sigmoid(self.linear(features))


class RankedConfidence(nn.Module):
    """A learned confidence that also sees the sorted probabilities, so it may learn any function of the margin and the entropy."""

    def __init__(self, width, classes):
        super().__init__()
        self.linear = nn.Linear(width + classes, 1)

    def forward(self, probabilities, features):
        ranked = probabilities.sort(dim=1, descending=True)[0]
        return torch.sigmoid(self.linear(torch.cat([features, ranked], 1)))


class MapAnswer(nn.Module):
    """What an exit concludes from its map: mean and max over the places, a linear layer, and how sure it is."""

    def __init__(self, width, classes, confidence):
        super().__init__()
        self.classify = nn.Linear(2 * width, classes)
        self.confide = RankedConfidence(2 * width, classes) if confidence == LEARNED else MaxProbability()

    def forward(self, x):
        pooled = torch.cat([x.mean([2, 3]), x.amax([2, 3])], 1)
        probabilities = self.classify(pooled).softmax(1)
        return probabilities, self.confide(probabilities, pooled)


class PooledConvExit(nn.Module):
    """The cheap exit: pool the map to 8x8 first, then two 3x3 convolutions."""

    def __init__(self, channels_in, channels, classes, confidence):
        super().__init__()
        self.conv1 = nn.Conv2d(channels_in, channels, 3, padding=1, bias=False)
        self.bn1 = nn.BatchNorm2d(channels)
        self.conv2 = nn.Conv2d(channels, 2 * channels, 3, stride=2, padding=1, bias=False)
        self.bn2 = nn.BatchNorm2d(2 * channels)
        self.answer = MapAnswer(2 * channels, classes, confidence)

    def forward(self, x):
        if x.size(2) > 8 or x.size(3) > 8:
            x = F.adaptive_avg_pool2d(x, [min(x.size(2), 8), min(x.size(3), 8)])
        x = F.relu(self.bn1(self.conv1(x)))
        x = F.relu(self.bn2(self.conv2(x)))
        return self.answer(x)


class ResidualExit(nn.Module):
    """The thorough exit: a small residual network of its own, which halves the map to 8x8 while it doubles the channels.

    It costs more than the other exits, and answers as a shallow network would that begins with the backbone's first stages: for
    early places, where little has been computed yet and most samples can leave.
    """

    def __init__(self, channels_in, side, blocks, classes, confidence):
        super().__init__()
        layers, width = [], channels_in
        while True:
            if side > 8:
                layers += conv3x3(width, 2 * width, 2).values()
                width, side = 2 * width, (side + 1) // 2
            layers += [ResidualBlock(width, width, 1) for _ in range(blocks)]
            if side <= 8:
                break
        self.layers = nn.Sequential(*layers)
        self.answer = MapAnswer(width, classes, confidence)

    def forward(self, x):
        return self.answer(self.layers(x))


class BranchExit(nn.Module):
    """PTEENet's branches: some layers, a linear layer on what they yield, and how sure it is."""

    def __init__(self, layers, width, classes, confidence):
        super().__init__()
        self.layers = layers
        self.classify = nn.Linear(width, classes)
        self.confide = LearnedConfidence(width) if confidence == LEARNED else MaxProbability()

    def forward(self, x):
        features = self.layers(x)
        probabilities = self.classify(features).softmax(1)
        return probabilities, self.confide(probabilities, features)


class TokensAsMap(nn.Module):
    """Lays the patches of a vision transformer out as the map (N, D, side, side) that they came from, without the class token."""

    def __init__(self, tokens):
        super().__init__()
        self.side = math.isqrt(tokens)
        self.first = tokens - self.side ** 2  # the class token stands before the patches
        if self.first > 1:  # patches of an image that is not square
            self.first, self.side = 0, 1

    def forward(self, x):
        patches = x[:, self.first:].transpose(1, 2)
        return patches.reshape(patches.size(0), patches.size(1), -1, self.side)


class ChannelsFirst(nn.Module):
    """Turns (N, H, W, C), as Swin transformers have it, into (N, C, H, W)."""

    def forward(self, x):
        return x.permute(0, 3, 1, 2)


def as_map(layout, shape):
    """Returns (a module that turns features of a layout into a map, or None where they are one, the map's shape)."""
    if layout == CHANNELS_LAST:
        return ChannelsFirst(), [shape[2], shape[0], shape[1]]
    if layout == TOKENS:
        front = TokensAsMap(shape[0])
        return front, list(front(torch.zeros(1, *shape)).shape[1:])
    return None, shape


BRANCH_CONVOLUTIONS = {"plain": 0, "pool": 0, "bnpool": 0, "conv": 1, "conv2": 2, "conv3": 3}
RESIDUAL_BLOCKS = {"residual1": 1, "residual2": 2, "residual3": 3}  # per size of map
POOLED_CONV = "pooled-conv"
HEADS = [POOLED_CONV, *RESIDUAL_BLOCKS, *BRANCH_CONVOLUTIONS]


def make_exit(kind, shape, classes, channels, layout=None, confidence=MAX_PROBABILITY):
    """An untrained exit on features of the given shape, a map (C, H, W) where no layout is given; channels are pooled-conv's own."""
    front, (width, height, columns) = as_map(layout, shape)
    if kind == POOLED_CONV:
        exit_ = PooledConvExit(width, channels, classes, confidence)
    elif kind in RESIDUAL_BLOCKS:
        exit_ = ResidualExit(width, max(height, columns), RESIDUAL_BLOCKS[kind], classes, confidence)
    elif kind == "plain":
        exit_ = BranchExit(nn.Flatten(), width * height * columns, classes, confidence)
    else:
        layers = [nn.BatchNorm2d(width)] if kind == "bnpool" else []
        for _ in range(BRANCH_CONVOLUTIONS[kind]):
            layers += conv3x3(width, width).values()
        exit_ = BranchExit(nn.Sequential(*layers, GlobalMean()), width, classes, confidence)
    initialise(exit_)
    for name, parameter in exit_.named_parameters():
        if "confide" in name:
            nn.init.zeros_(parameter)
    return (exit_ if front is None else nn.Sequential(OrderedDict(map=front, exit=exit_))).eval()


# --- Cost ---------------------------------------------------------------------------------------------------------


class FlopCounter(TorchDispatchMode):
    """Adds up 2 x multiply-accumulates of convolutions, matrix products and attention, whoever calls them.

    The same convention as torch's own flop counter, which torch 1.13 does not have yet. Everything else costs nothing.
    """

    def __init__(self):
        super().__init__()
        self.flops = 0

    def __torch_dispatch__(self, function, types, arguments=(), keywords=None):
        result = function(*arguments, **(keywords or {}))
        self.flops += 2 * self.multiply_accumulates(function.overloadpacket.__name__, arguments, result)
        return result

    @staticmethod
    def multiply_accumulates(operation, arguments, result):
        if operation == "convolution":
            image, weight, transposed = arguments[0], arguments[1], arguments[6]
            return (image if transposed else result).numel() * weight[0].numel()
        if operation in ("mm", "bmm"):
            return result.numel() * arguments[0].shape[-1]
        if operation in ("addmm", "baddbmm"):
            return result.numel() * arguments[1].shape[-1]
        if "scaled_dot_product" in operation:
            query, key, value = arguments[:3]
            return query.shape[:-1].numel() * key.shape[-2] * (query.shape[-1] + value.shape[-1])
        return 0


def count_flops(module, example):
    """Returns (FLOPs for the example, a batch of one; what the module yields).

    Gradients stay on: without them torch runs attention layers as one fused operation, whose products nobody sees.
    """
    with FlopCounter() as counter:
        output = module(example)
    return counter.flops, output


def count_parameters(module):
    return sum(parameter.numel() for parameter in module.parameters())


class Backbone:
    """A network's blocks in order, with what each costs and yields for one image. Blocks are counted from 1, without the stem."""

    def __init__(self, blocks, input_shape, layouts=None):
        self.children = list(blocks.eval().named_children())
        self.input_shape = list(input_shape)
        self.layouts = layouts
        self.stem = 1 if self.children[0][0] == "stem" else 0
        self.places = len(self.children) - 1 - self.stem  # an exit may follow each block but the classifier
        self.flops, self.shapes = [], []
        features = probe_input(input_shape)
        for name, block in self.children:
            features = self.measure(name, block, features)
        self.output = features

    def measure(self, name, block, features):
        what = f"the backbone's block '{name}'"
        try:
            flops, output = count_flops(block, features)
        except Exception as error:  # from within a stranger's module
            raise ExportError(f"{what} fails on an input of shape {tuple(features.shape)}: {first_line(error)}") from error
        if not isinstance(output, torch.Tensor):
            raise ExportError(f"{what} yields a {type(output).__name__}, expected one tensor")
        self.flops.append(flops)
        self.shapes.append(list(output.shape[1:]))
        return output.detach()

    def require_logits(self, labels):
        if tuple(self.output.shape) != (1, labels):
            raise ExportError(f"the backbone ends in shape {tuple(self.output.shape)}, expected (1, {labels}): "
                              f"one value for each of {labels} labels; say --labels")
        if bool((self.output >= 0).all()) and abs(float(self.output.sum()) - 1) < 1e-3:
            raise ExportError("the backbone's last block yields probabilities, expected logits: leave its softmax out")

    def layout_after(self, block):
        """What the axes of a block's features mean; None where no exit can read them."""
        if self.layouts is not None:
            return self.layouts[block - 1]
        return CHANNELS_FIRST if len(self.shapes[block - 1 + self.stem]) == 3 else None

    def cost_after(self, block):
        return sum(self.flops[: block + self.stem])

    def total(self):
        return sum(self.flops)

    def cut(self, exits_after):
        """The stages between exits after the given blocks: (module, FLOPs, output shape) of each.

        Block 0 is the image itself, before the stem: the stage up to there does nothing.
        """
        ends = [block + self.stem if block else 0 for block in exits_after] + [len(self.children)]
        starts = [0] + ends[:-1]
        return [(nn.Sequential(OrderedDict(self.children[start:end])), sum(self.flops[start:end]),
                 self.shapes[end - 1] if end else self.input_shape)
                for start, end in zip(starts, ends)]


# --- Networks that are not a Sequential: traced by torch.fx, cut where one tensor is alive --------------------------

CHANNELS_FIRST, CHANNELS_LAST, TOKENS = "(C, H, W)", "(H, W, C)", "(tokens, channels)"


def unpack(proxy):
    """Iterates over a traced value in 'n, c, h, w = x.shape', whose count the bytecode tells.

    Stands in for torch 1.13's own way, which misreads the bytecode of Python 3.11 and newer.
    """
    frame = inspect.currentframe().f_back
    for instruction in dis.get_instructions(frame.f_code):
        if instruction.offset == frame.f_lasti and instruction.opname == "UNPACK_SEQUENCE":
            return iter([proxy[index] for index in range(instruction.argval)])
    return proxy.tracer.iter(proxy)


class NodeCosts(torch.fx.Interpreter):
    """Runs a traced network once, and keeps the FLOPs and the value's shape of every node."""

    def __init__(self, traced):
        super().__init__(traced)
        self.flops, self.shapes = {}, {}

    def run_node(self, node):
        with FlopCounter() as counter:
            value = super().run_node(node)
        self.flops[node] = counter.flops
        self.shapes[node] = list(value.shape[1:]) if isinstance(value, torch.Tensor) else None
        return value


def trace(network, name):
    """The network's graph, for the shape of images alone: other arguments keep their defaults."""
    parameters = list(inspect.signature(network.forward).parameters.values())[1:]
    defaults = {parameter.name: parameter.default for parameter in parameters if parameter.default is not parameter.empty}
    own, torch.fx.Proxy.__iter__ = torch.fx.Proxy.__iter__, unpack
    try:
        graph = torch.fx.Tracer().trace(network, concrete_args=defaults or None)
    except Exception as error:  # from within a stranger's module
        frames = [frame for frame in traceback.extract_tb(error.__traceback__) if os.sep + "fx" + os.sep not in frame.filename]
        where = f"{frames[-1].filename}, line {frames[-1].lineno}: {frames[-1].line}" if frames else "an unknown line"
        raise ExportError(f"--backbone {name}: torch.fx cannot trace it ({first_line(error)}; {where}). Its control flow may not depend "
                          "on tensors: mark the function with torch.fx.wrap, or return a torch.nn.Sequential of blocks") from error
    finally:
        torch.fx.Proxy.__iter__ = own
    traced = torch.fx.GraphModule(network, graph)
    traced.graph.eliminate_dead_code()
    return traced


def cut_nodes(traced, costs):
    """Pairs of a node whose value is all that later nodes need, and how many nodes have run by then: where a block may end.

    Of several that cost the same together the last counts, so that an activation or a pooling belongs to the block before it.
    """
    nodes = list(traced.graph.nodes)
    position = {node: index for index, node in enumerate(nodes)}
    last_use = {node: max((position[user] for user in node.users), default=-1) for node in nodes}
    total, spent, alive, ends = sum(costs.flops.values()), 0, [], []
    for index, node in enumerate(nodes):
        spent += costs.flops.get(node, 0)
        alive = [other for other in (*alive, node) if last_use[other] > index]
        held = [other for other in alive if other.op != "get_attr" and not is_batch_size(other)]
        if len(held) != 1 or held[0].op == "placeholder" or layout_of(held[0], costs.shapes[held[0]], traced) is None:
            continue
        if 0 < spent < total:
            ends = [end for end in ends if end[2] != spent] + [(held[0], index + 1, spent)]
    return [(node, run) for node, run, _ in ends]


def is_batch_size(node):
    """Whether a node reads how many images there are, as x.shape[0], x.size()[0] and x.size(0) do; any later block knows it, too."""
    if node.op == "call_method" and node.target == "size":
        return node.args[1:] == (0,)
    if node.op != "call_function" or node.target is not operator.getitem or node.args[1] != 0:
        return False
    read = node.args[0]
    return ((read.op == "call_method" and read.target == "size" and len(read.args) == 1)
            or (read.op == "call_function" and read.target is getattr and read.args[1] == "shape"))


def layout_of(node, shape, traced):
    """What the axes of a node's value mean, or None where it is neither a map nor tokens."""
    if shape is None or len(shape) not in (2, 3) or shape[1:] == [1, 1]:
        return None
    if len(shape) == 2:
        return TOKENS
    normalised = [traced.get_submodule(user.target) for user in node.users if user.op == "call_module"]
    by_last_axis = any(isinstance(module, nn.LayerNorm) and list(module.normalized_shape) == shape[-1:] for module in normalised)
    return CHANNELS_LAST if by_last_axis else CHANNELS_FIRST


def piece(traced, nodes, start, end):
    """The module that computes the value of node 'end' from that of node 'start', or from images where there is no start."""
    graph = torch.fx.Graph()
    copies = {} if start is None else {start: graph.placeholder("features")}

    def copied(node):
        if node not in copies and node.op == "get_attr":  # parameters are copied where they are used
            copies[node] = graph.node_copy(node)
        elif node not in copies and is_batch_size(node):
            copies[node] = graph.call_method("size", (copies[start], 0))
        return copies[node]

    for node in nodes:
        if node.op not in ("get_attr", "output"):
            copies[node] = graph.node_copy(node, copied)
    graph.output(copies[end])
    return torch.fx.GraphModule(traced, graph)


def traced_blocks(network, shape, name):
    """Returns (the blocks of any network as a Sequential, the layout of what each but the last yields)."""
    traced = trace(network, name)
    costs = NodeCosts(traced)
    try:
        costs.run(probe_input(shape))
    except Exception as error:  # from within a stranger's module
        raise ExportError(f"--backbone {name}: fails on images of shape {tuple(shape)}: {first_line(error)}") from error
    nodes = list(traced.graph.nodes)
    result = nodes[-1].args[0]
    if not isinstance(result, torch.fx.Node):
        raise ExportError(f"--backbone {name}: yields a {type(result).__name__}, expected one tensor of logits")
    ends = cut_nodes(traced, costs)
    if not ends:
        raise ExportError(f"--backbone {name}: at no place between two operations is exactly one tensor alive, so it cannot be cut; "
                          "return a torch.nn.Sequential of blocks")
    blocks, start, begin = OrderedDict(), None, 0
    for end, run in ends:
        blocks[end.name] = piece(traced, nodes[begin:run], start, end)
        start, begin = end, run
    blocks["classifier"] = piece(traced, nodes[begin:], start, result)
    return nn.Sequential(blocks), [layout_of(end, costs.shapes[end], traced) for end, _ in ends]


# --- Where exits sit ----------------------------------------------------------------------------------------------

GOLDEN_RATIO = (1 + math.sqrt(5)) / 2

# The share of the backbone's cost at which exit i of n is due.
PLACEMENTS = {
    "pareto": lambda i, n: 1 - 0.8 ** (i + 1),
    "fine": lambda i, n: 1 - 0.95 ** (i + 1),
    "linear": lambda i, n: (i + 1) / (n + 1),
    "golden": lambda i, n: GOLDEN_RATIO ** (i - n),
}


def place(backbone, rule, count):
    """The blocks that exits follow: each the first whose cumulative cost reaches the exit's share of the whole.

    A block has one exit at most: where two shares end in one block, the later exit moves on to the next block.
    """
    exits_after = []
    for index in range(count):
        share = PLACEMENTS[rule](index, count) * backbone.total()
        block = exits_after[-1] + 1 if exits_after else 1
        while block <= backbone.places and backbone.cost_after(block) + 0.5 < share:  # half a FLOP for rounding
            block += 1
        if block > backbone.places:
            raise ExportError(f"--exits {count}: by {rule} placement this backbone of {backbone.places} blocks has room for {index}; "
                              "ask for fewer, or name the blocks with --exits-after")
        exits_after.append(block)
    return exits_after


def exit_places(backbone, options):
    """Returns (the blocks that exits follow, the rule that chose them)."""
    if not options.exits_after:
        rule = options.placement or "linear"
        exits_after = place(backbone, rule, int(options.exits or (0 if options.first else 3)))
    else:
        rule, exits_after, last = "given", options.exits_after, backbone.places
        if sorted(set(exits_after)) != exits_after:
            raise ExportError(f"--exits-after {exits_after}: expected ascending block counts, for example 3,5,7")
        if exits_after[0] < 1 or exits_after[-1] > last:
            raise ExportError(f"--exits-after {exits_after}: the backbone has {last} blocks; each value must be in 1..{last}")
    for block in exits_after:
        shape = backbone.shapes[block - 1 + backbone.stem]
        if backbone.layout_after(block) is None:
            raise ExportError(f"the backbone's block {block} yields shape (1, {', '.join(map(str, shape))}), and an exit needs a map "
                              "(1, C, H, W) to read; put the exits elsewhere with --exits-after")
    return exits_after, rule


def print_cuts(backbone, count):
    """Prints a row for every place where an exit may stand: its shape, the backbone's cost up to there, the placements that take it."""
    taken = {}
    for rule in PLACEMENTS:
        try:
            taken[rule] = place(backbone, rule, count)
        except ExportError:
            taken[rule] = []  # too few blocks for so many exits
    title = f"placements of {count} exits"
    print(f"{'block':>5}  {'features':<18} {'million MACs':>12} {'of all':>7}  {title}  ends at")
    for block in range(1, backbone.places + 1):
        name = backbone.children[block - 1 + backbone.stem][0]
        shape = " x ".join(map(str, backbone.shapes[block - 1 + backbone.stem]))
        cost = backbone.cost_after(block)
        rules = ", ".join(rule for rule, blocks in taken.items() if block in blocks)
        print(f"{block:>5}  {shape:<18} {cost / 2e6:>12.2f} {cost / backbone.total():>7.1%}  {rules:<{len(title)}}  {name}")
    print(f"   all{'':<20} {backbone.total() / 2e6:>12.2f} {1:>7.1%}")


# --- Modules and manifest on disk ---------------------------------------------------------------------------------


class ChannelsLast(nn.Module):
    """A stage or an exit that turns its features into channels_last, which libtorch's CPU kernels prefer."""

    def __init__(self, body):
        super().__init__()
        self.body = body

    def forward(self, x):
        return self.body(x.contiguous(memory_format=torch.channels_last))


def probe_input(shape):
    """The self-test's input: a fixed pseudo-random image in [-1, 1) that Java rebuilds from the same formula."""
    count = math.prod(shape)
    index = torch.arange(count, dtype=torch.int64)
    mixed = (index * 2654435761) % 4294967296
    return (mixed.double() / 2147483648.0 - 1.0).float().reshape(1, *shape)


def script(part, module, example):
    """The TorchScript of a manifest's stage or exit, with batch norms folded when it is frozen.

    What TorchScript cannot compile is traced with the example, a batch of features; such a part is frozen, since a trace cannot be
    trained.
    """
    module = module.eval()
    if example.dim() == 4:
        module = ChannelsLast(module).to(memory_format=torch.channels_last)
    try:
        scripted = torch.jit.script(module)
        return torch.jit.freeze(scripted) if part["frozen"] else scripted
    except Exception as error:  # TorchScript refuses in many ways
        refusal = error
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", torch.jit.TracerWarning)
            traced = torch.jit.trace(module, example, check_trace=False)
        part["frozen"] = True
        return torch.jit.freeze(traced.eval())
    except Exception as error:  # from within a stranger's module
        raise ExportError(f"{part['file']} cannot be turned into TorchScript: {first_line(refusal)}; nor traced: "
                          f"{first_line(error)}") from refusal


def load_script(path):
    try:
        return torch.jit.load(path, map_location="cpu").eval()
    except Exception as error:  # torch's errors are of many kinds
        raise ExportError(f"{path}: torch {torch.__version__} cannot load it; was it saved by a newer one? "
                          f"({first_line(error)})") from error


def sha256(path):
    with open(path, "rb") as file:
        return hashlib.sha256(file.read()).hexdigest()


def sketch(features):
    """Norm of a map, and sums of its values with pseudo-random signs: enough to see how far another map is off. As Java makes it."""
    values = features.flatten().double()
    low = 0xFFFFFFFF
    mixed = (torch.arange(1, values.numel() + 1, dtype=torch.int64) * 2654435761) & low
    mixed = ((mixed ^ (mixed >> 15)) * 739982445) & low
    mixed = ((mixed ^ (mixed >> 12)) * 695872825) & low
    mixed = mixed ^ (mixed >> 15)
    sums = [float((values * (1 - 2 * ((mixed >> bit) & 1))).sum()) for bit in range(16)]
    return {"norm": float(values.norm()), "sums": sums}


def self_test(manifest, modules):
    """What every stage and exit yields for the probe input; the machine that serves compares against it."""
    features = probe_input(input_shape(manifest))
    exits, sketches = [], []
    with torch.no_grad():
        for index, stage in enumerate(manifest["stages"]):
            features = modules[stage["file"]](features)
            if index < len(manifest["exits"]):
                sketches.append(sketch(features[0]))
                probabilities, confidence = modules[manifest["exits"][index]["file"]](features)
                exits.append({"probabilities": probabilities[0].tolist(), "confidence": float(confidence[0, 0])})
            else:
                exits.append({"probabilities": features[0].tolist(), "confidence": 1.0})
    return {"exits": exits, "features": sketches}


def input_shape(manifest):
    return [manifest["input"][key] for key in ("channels", "height", "width")]


def write_manifest(directory, manifest):
    for part in manifest["stages"] + manifest["exits"]:
        part["sha256"] = sha256(os.path.join(directory, part["file"]))
    temporary = os.path.join(directory, MANIFEST + ".tmp")
    with open(temporary, "w", encoding="utf-8") as file:
        json.dump(manifest, file, indent=2)
        file.write("\n")
    os.replace(temporary, os.path.join(directory, MANIFEST))


def read_manifest(directory):
    path = os.path.join(directory, MANIFEST)
    if not os.path.isfile(path):
        raise ExportError(f"{directory}: no {MANIFEST} there")
    try:
        with open(path, encoding="utf-8") as file:
            manifest = json.load(file)
        if manifest["formatVersion"] not in READABLE_FORMATS:
            raise ValueError(f"format version {manifest['formatVersion']}, expected 1 to 4")
        for key, own in (("stages", "outputShape"), ("exits", "afterBlock")):
            for part in manifest[key]:
                if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._-]*", part["file"]):
                    raise ValueError(f"module file {part['file']!r}, expected a plain file name")
                missing = {"sha256", "flops", "parameters", "frozen", own} - part.keys()
                if missing:
                    raise ValueError(f"{part['file']} lacks {', '.join(sorted(missing))}")
        if not 0 < len(manifest["exits"]) == len(manifest["stages"]) - 1:
            raise ValueError(f"{len(manifest['stages'])} stages and {len(manifest['exits'])} exits")
        input_shape(manifest), len(manifest["labels"])
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise ExportError(f"{path}: not a bundle's manifest ({first_line(error)})") from error
    return manifest


def require_digest(directory, part):
    path = os.path.join(directory, part["file"])
    if not os.path.isfile(path) or sha256(path) != part["sha256"]:
        raise ExportError(f"{path}: missing, or not what the manifest lists; get it again")
    return path


def now():
    return datetime.datetime.now(datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")


def write_bundle(out, manifest, modules):
    os.makedirs(out, exist_ok=True)
    for file, module in modules.items():
        module.save(os.path.join(out, file))
    write_manifest(out, manifest)


def summary(out, manifest):
    stages, exits = manifest["stages"], manifest["exits"]
    blocks = ", ".join(str(part["afterBlock"]) for part in exits if part["afterBlock"])
    places = ["a first network"] * (exits[0]["afterBlock"] == 0) + [f"exits after blocks {blocks}"] * bool(blocks)
    return (f"{out}: {len(stages)} stages of {sum(part['flops'] for part in stages) / 2e6:.2f} M multiply-adds, "
            f"{' and '.join(places)} "
            f"of {sum(part['flops'] for part in exits) / 2e6:.2f} M")


# --- A first network: a whole small network that reads the image as exit 0 ----------------------------------------


class Renormalise(nn.Module):
    """Turns an image that one mean and deviation have normalised into what another mean and deviation make of it, per channel."""

    def __init__(self, given, wanted):
        super().__init__()
        mean, std = (torch.tensor(given[key], dtype=torch.float64) for key in ("mean", "std"))
        own_mean, own_std = (torch.tensor(wanted[key], dtype=torch.float64) for key in ("mean", "std"))
        self.register_buffer("factor", (std / own_std).float().reshape(1, -1, 1, 1))
        self.register_buffer("offset", ((mean - own_mean) / own_std).float().reshape(1, -1, 1, 1))

    def forward(self, x):
        return x * self.factor + self.offset


class FirstNetwork(nn.Module):
    """A network that yields probabilities, as an exit: it is as sure of its answer as its greatest probability."""

    def __init__(self, network):
        super().__init__()
        self.network = network

    def forward(self, x):
        probabilities = self.network(x)
        return probabilities, probabilities.amax(1, keepdim=True)


class First:
    """What --first names: a network, its cost, where it comes from, and whether its weights stay as they are."""

    def __init__(self, module, flops, parameters, trained, facts, steps):
        self.module, self.flops, self.parameters, self.trained = module, flops, parameters, trained
        self.facts, self.steps = facts, steps

    def exit(self, index):
        part = {"file": f"exit-{index}.pt", "flops": self.flops, "parameters": self.parameters, "afterBlock": 0, "kind": FIRST,
                "confidence": MAX_PROBABILITY, "frozen": self.trained}
        return part, self.module


class Carrying(nn.Module):
    """A stage or an exit behind a first network whose answer travels with the features, as (N, features + classes).

    What comes in is split, the body reads the features, and a stage passes the answer on.
    """

    def __init__(self, body, shape, classes):
        super().__init__()
        self.body = ChannelsLast(body) if len(shape) == 3 else body
        self.shape, self.classes = list(shape), classes

    def features(self, x):
        return x[:, : -self.classes].reshape([-1] + self.shape)

    def answer(self, x):
        return x[:, -self.classes :]


class FirstStage(nn.Module):
    """Stage 0 where the first network's answer is needed to the end: the image, and that answer behind it."""

    def __init__(self, network):
        super().__init__()
        self.network = network

    def forward(self, x):
        return torch.cat([x.flatten(1), self.network(x)], 1)


class CarryingStage(Carrying):
    def forward(self, x):
        return torch.cat([self.body(self.features(x)).flatten(1), self.answer(x)], 1)


class AveragingStage(Carrying):
    """The last stage: the mean of the backbone's and the first network's probabilities."""

    def forward(self, x):
        return (self.body(self.features(x)) + self.answer(x)) / 2


class CarryingExit(Carrying):
    def forward(self, x):
        return self.body(self.features(x))


class CarriedExit(nn.Module):
    """Exit 0 where stage 0 has run the first network: its answer, which costs nothing more."""

    def __init__(self, classes):
        super().__init__()
        self.classes = classes

    def forward(self, x):
        probabilities = x[:, -self.classes :]
        return probabilities, probabilities.amax(1, keepdim=True)


def average(stages, exits, first, labels, image):
    """Rewrites stages and exits, each an entry and a module, so that the last answer is the mean of both networks'."""
    shape = image
    stages[0] = ({**stages[0][0], "flops": first.flops, "parameters": first.parameters,
                  "outputShape": [math.prod(image) + labels]}, FirstStage(first.module.network))
    exits[0] = ({**exits[0][0], "flops": 0, "parameters": 0}, CarriedExit(labels))
    for index, (part, body) in enumerate(stages[1:], start=1):
        last = index == len(stages) - 1
        stages[index] = (part, (AveragingStage if last else CarryingStage)(body, shape, labels))
        shape = part["outputShape"]
        if not last:
            exits[index] = (exits[index][0], CarryingExit(exits[index][1], shape, labels))
            part["outputShape"] = [math.prod(shape) + labels]


FIRST = "network"  # the kind of exit that a first network is, in the manifest


def split_weights(text):
    """Splits BACKBONE[:WEIGHTS]; the names of libraries and of functions have a colon of their own."""
    head, colon, rest = text.partition(":")
    if head in LIBRARIES or head.endswith(".py"):
        name, _, weights = rest.partition(":")
        return f"{head}{colon}{name}", weights or None
    return head, rest or None


def first_network(options, manifest_input, labels):
    """The network of --first: a bundle's whole backbone, or BACKBONE[:WEIGHTS]."""
    bundle = shipped_bundle(options.first)
    if bundle is not None:
        return first_of_bundle(options, bundle, manifest_input, labels)
    name, weights = split_weights(options.first)
    shape = [manifest_input[key] for key in ("channels", "height", "width")]
    try:
        backbone, network = load_backbone(name, weights, len(labels), shape)
    except ExportError as error:
        raise ExportError(f"--first {options.first}: {error}; or name a bundle's directory or a shipped bundle") from error
    module = FirstNetwork(nn.Sequential(network, nn.Softmax(1)))
    facts = {"backbone": name, "weights": os.path.basename(weights) if weights else None,
             "weightsSha256": sha256(weights) if weights else None}
    trained = weights is not None and not options.tune_first
    return First(module, backbone.total(), count_parameters(network), trained, facts, [])


def shipped_bundles():
    """Where the shipped bundles lie: EXITFLOW_BUNDLES, or in the checkout that this file belongs to."""
    checkout = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "..", "..", "engine", "src", "main", "bundles")
    return os.environ.get("EXITFLOW_BUNDLES") or checkout


def shipped_bundle(name):
    """The directory of a bundle, given by its path or by the name that it is shipped under; None where it is neither."""
    for directory in (os.path.join(shipped_bundles(), name), name):
        if os.path.isfile(os.path.join(directory, MANIFEST)):
            return directory
    return None


def first_of_bundle(options, directory, manifest_input, labels):
    """A bundle's backbone as a first network. It knows its images and classes, which must be the new bundle's."""
    manifest = read_manifest(directory)
    what = f"--first {options.first}"
    if options.tune_first:
        raise ExportError(f"{what}: a bundle's backbone is frozen; --tune-first needs BACKBONE:WEIGHTS")
    if manifest["labels"] != labels:
        raise ExportError(f"{what}: answers {', '.join(manifest['labels'][:3])}, ..., expected the labels of the new bundle, "
                          f"{', '.join(labels[:3])}, ...")
    size = ("channels", "height", "width")
    if any(manifest["input"][key] != manifest_input[key] for key in size):
        raise ExportError(f"{what}: reads images of {input_shape(manifest)}, expected {[manifest_input[key] for key in size]}")
    if manifest["input"].get("preprocessing") != manifest_input.get("preprocessing"):
        raise ExportError(f"{what}: brings images to their size as {manifest['input'].get('preprocessing')} says, expected as the new "
                          f"bundle does, {manifest_input.get('preprocessing')}")
    stages = [load_script(require_digest(directory, part)) for part in manifest["stages"]]
    differs = any(not math.isclose(a, b, rel_tol=1e-6) for key in ("mean", "std")
                  for a, b in zip(manifest["input"][key], manifest_input[key]))
    front = [Renormalise(manifest_input, manifest["input"])] if differs else []
    provenance = manifest.get("provenance") or {}
    facts = {"bundle": manifest["name"], "bundleSha256": sha256(os.path.join(directory, MANIFEST)), "renormalised": differs,
             **{key: provenance.get(key) for key in ("backbone", "weights", "weightsSha256")}}
    taught = [{**step, "step": f"{step['step']} of {FIRST_OF} {manifest['name']}"} for step in provenance.get("steps", [])
              if str(step.get("step", "")).startswith("train backbone")]
    parameters = sum(part["parameters"] for part in manifest["stages"])
    return First(FirstNetwork(Joined(front + stages)), sum(part["flops"] for part in manifest["stages"]), parameters, True, facts, taught)


FIRST_OF = "the first network"
BACKBONE, AVERAGE = "backbone", "average"  # whose answer the last one is


# --- export, with untrained exits ---------------------------------------------------------------------------------


def per_exit(option, values, count):
    """One value for each exit, of a list of one or as many."""
    if len(values) not in (1, count):
        raise ExportError(f"{option} {','.join(map(str, values))}: {len(values)} values for {count} exits; expected one, or one for each")
    return values * count if len(values) == 1 else values


def check_out(out):
    if os.path.exists(out) and not os.path.isdir(out):
        raise ExportError(f"--out {out}: not a directory")
    if os.path.isdir(out) and os.listdir(out):
        raise ExportError(f"--out {out}: the directory is not empty")


def check(options):
    """What the Java side would refuse is refused here, before anything is written."""
    if not re.fullmatch(r"[A-Za-z0-9._-]+", options.name):
        raise ExportError(f"--name {options.name}: expected letters, digits, dots, dashes and underscores")
    if not options.model_version.strip():
        raise ExportError("--model-version is blank")
    if len(options.input) != 3 or options.input[0] != 3 or min(options.input) < 1:
        raise ExportError(f"--input {options.input}: expected 3,HEIGHT,WIDTH, for example 3,32,32")
    for option, values in (("--mean", options.mean), ("--std", options.std)):
        if len(values) != 3 or not all(math.isfinite(value) for value in values):
            raise ExportError(f"{option} {values}: expected three numbers, one per channel")
    if min(options.std) <= 0:
        raise ExportError(f"--std {options.std}: expected numbers above 0")
    if len(options.labels) < 2 or len(set(options.labels)) != len(options.labels) or not all(options.labels):
        raise ExportError(f"--labels {','.join(options.labels)}: expected at least two different names")
    check_preprocessing(options)
    if options.exits_after and (options.exits or options.placement):
        raise ExportError("--exits-after names the blocks by itself; leave --exits and --placement out")
    if options.exits and int(options.exits) < 1 and not options.first:
        raise ExportError(f"--exits {options.exits}: expected 1 or more, or a network in front by --first")
    if options.tune_first and not (options.first and split_weights(options.first)[1]):
        raise ExportError("--tune-first goes with --first BACKBONE:WEIGHTS: it trains that network on from these weights")
    unknown = [kind for kind in options.head if kind not in HEADS]
    if unknown:
        raise ExportError(f"--head {unknown[0]}: expected one of {', '.join(HEADS)}")
    if options.head_channels and POOLED_CONV not in options.head:
        raise ExportError(f"--head-channels is for --head {POOLED_CONV}; the other kinds have as many as the map they read")
    if min(options.head_channels or [1]) < 1:
        raise ExportError(f"--head-channels {options.head_channels}: expected 1 or more")


PREPROCESSING_OPTIONS = ("resize", "crop", "interpolation", "letterbox", "fill", "keep_orientation", "scale")


def check_preprocessing(options):
    if options.resize is None:
        given = [name for name in PREPROCESSING_OPTIONS if getattr(options, name)]
        if given:
            raise ExportError(f"--{given[0].replace('_', '-')} needs --resize, which says to what size images are brought first")
        return
    if not 1 <= len(options.resize) <= 2:
        raise ExportError(f"--resize {options.resize}: expected the shorter side, for example 256, or HEIGHT,WIDTH")
    if options.letterbox and len(options.resize) == 1:
        options.resize = options.resize * 2
    if options.crop and len(options.crop) > 2:
        raise ExportError(f"--crop {options.crop}: expected one side, or HEIGHT,WIDTH")
    if options.fill and (not options.letterbox or len(options.fill) != 3 or not all(0 <= value <= 255 for value in options.fill)):
        raise ExportError(f"--fill {options.fill}: expected --letterbox with R,G,B from 0 to 255")
    height, width = options.resize[0], options.resize[-1]
    if height < options.input[1] or width < options.input[2] or max(height, width) > 8192:
        raise ExportError(f"--resize {','.join(map(str, options.resize))}: images of {options.input[1]}x{options.input[2]} (height x width) "
                          f"cannot be cut from that; expected as much or more, up to 8192")


def crop_as_input(options):
    """The input's height and width, as --crop or --resize alone say them."""
    cut = options.crop or options.resize
    if cut is None:
        return
    if options.input is not None:
        raise ExportError("--input: the images' size is what --crop or --resize says; leave --input out")
    options.input = [3, cut[0], cut[-1]]


def preprocessing(options):
    if options.resize is None:
        return None
    described = {
        "orientation": "stored" if options.keep_orientation else "exif",
        "colour": "rgb",
        "resize": "letterbox" if options.letterbox else "shorter-side" if len(options.resize) == 1 else "exact",
        "size": options.resize,
        "interpolation": options.interpolation or "bilinear",
        "antialias": True,
        "crop": "centre",
    }
    if options.fill:
        described["fill"] = options.fill
    if options.scale:
        described["scale"] = options.scale
    return described


# What trained exits bring with them, and what it is for new ones.
DEFAULTS = {"name": None, "model_version": "1", "placement": None, "exits_after": None, "head": [POOLED_CONV], "head_channels": None,
            "final": BACKBONE, "confidence": MAX_PROBABILITY,
            "labels": CIFAR10_LABELS, "input": [3, 32, 32], "mean": [0.485, 0.456, 0.406], "std": [0.229, 0.224, 0.225], "seed": 1}


def read_labels(options):
    """The labels of --labels or --labels-file. A network of a library has as many outputs as there are labels, so it needs them."""
    if options.labels_file:
        if options.labels:
            raise ExportError("--labels-file names the classes by itself; leave --labels out")
        with open(options.labels_file, encoding="utf-8") as file:
            options.labels = [line.strip() for line in file if line.strip()]
    elif not options.labels and options.backbone.partition(":")[0] in LIBRARIES:
        raise ExportError(f"--backbone {options.backbone}: say which classes it has, with --labels A,B,... or --labels-file FILE")


def export(options):
    if not options.list_cuts:
        check_out(options.out)
    read_labels(options)
    if options.exits and not options.exits.isdigit():
        export_with_trained_exits(options)
        return
    crop_as_input(options)
    if options.input is None and options.backbone.partition(":")[0] in LIBRARIES:
        options.input = LIBRARY_INPUT
    for name, value in DEFAULTS.items():
        if getattr(options, name) is None:
            setattr(options, name, value)
    options.name = options.backbone.rpartition(":")[2] if options.name is None else options.name
    check(options)
    torch.manual_seed(options.seed)
    backbone, network = load_backbone(options.backbone, options.weights, len(options.labels), options.input)
    if options.list_cuts:
        print_cuts(backbone, int(options.exits or 3))
        return
    exits_after, rule = exit_places(backbone, options)
    image = {"channels": options.input[0], "height": options.input[1], "width": options.input[2],
             "mean": options.mean, "std": options.std}
    if options.resize:
        image["preprocessing"] = preprocessing(options)
    first = first_network(options, image, options.labels) if options.first else None
    exits_after = [0] * (first is not None) + exits_after
    trained = options.weights is not None or options.trained
    stages = stage_modules(backbone, exits_after, trained)
    exits = exit_modules(options, backbone, [part for part, _ in stages], exits_after, first)
    if options.final == AVERAGE:
        if not (trained and first and first.trained):
            raise ExportError(f"--final {AVERAGE}: needs a first network and a backbone whose weights stay as they are; "
                              "say --first BACKBONE:WEIGHTS and --weights FILE")
        average(stages, exits, first, len(options.labels), options.input)
    stages, exits = scripted(stages, exits, options.input)
    require_same_as_whole(network, first if options.final == AVERAGE else None, [module for _, module in stages], options.input)
    modules = {part["file"]: module for part, module in stages + exits}
    manifest = {
        "formatVersion": FORMAT_VERSION,
        "name": options.name,
        "version": options.model_version,
        "input": image,
        "labels": options.labels,
        "stages": [part for part, _ in stages],
        "exits": [part for part, _ in exits],
        "defaultPolicy": {"thresholds": [1.0]},
        "provenance": {
            "backbone": options.backbone,
            "weights": os.path.basename(options.weights) if options.weights else None,
            "weightsSha256": sha256(options.weights) if options.weights else None,
            "backboneTrained": trained,
            "exitsTrained": False,
            "placement": rule,
            "exporter": EXPORTER,
            "torch": torch.__version__,
            "seed": options.seed,
            "createdAt": now(),
            "steps": first.steps if first else [],
        },
    }
    if options.resize:
        manifest["formatVersion"] = PREPROCESSING_FORMAT_VERSION
    if first:
        manifest["provenance"].update(first=first.facts, final=options.final)
    manifest["selfTest"] = self_test(manifest, modules)
    write_bundle(options.out, manifest, modules)
    print(summary(options.out, manifest), file=sys.stderr)


def load_backbone(name, weights, labels, shape):
    """Returns (the backbone in blocks, the network that it was made from)."""
    network = make_network(name, labels, shape[0], weights)
    blocks, layouts = network, None
    if not isinstance(network, nn.Sequential) or len(network) < 2:
        blocks, layouts = traced_blocks(network, shape, name)
    backbone = Backbone(blocks, shape, layouts)
    backbone.require_logits(labels)
    return backbone, network


def require_same_as_whole(network, averaged, modules, shape):
    """The stages, one after the other, must answer as the network does that they were cut from, for batches of any size.

    Where a first network is averaged in, as the mean of both.
    """
    for count in (1, 3):
        images = torch.cat([probe_input(shape).roll(roll, -1) for roll in range(count)])
        with torch.no_grad():
            wanted, features = network(images).softmax(1), images
            if averaged:
                wanted = (wanted + averaged.module(images)[0]) / 2
            for module in modules:
                features = module(features)
        difference = float((wanted - features).abs().max())
        if not difference <= SAME_ANSWER:
            raise ExportError(f"the stages answer a batch of {count} up to {difference:.3g} off what the network in one piece answers, "
                              f"expected at most {SAME_ANSWER}: does its forward() depend on the number of images?")


def stage_modules(backbone, exits_after, frozen):
    """The manifest's entry and the module of every stage."""
    parts = []
    for index, (body, flops, shape) in enumerate(backbone.cut(exits_after)):
        part = {"file": f"stage-{index}.pt", "flops": flops, "parameters": count_parameters(body), "outputShape": shape, "frozen": frozen}
        parts.append((part, nn.Sequential(body, nn.Softmax(1)) if index == len(exits_after) else body))
    return parts


def exit_modules(options, backbone, stages, exits_after, first):
    """The manifest's entry and the module of every exit: the first network, and untrained heads."""
    heads = exits_after[first is not None:]
    kinds = per_exit("--head", options.head, len(heads))
    channels = per_exit("--head-channels", options.head_channels or [32], len(heads))
    parts = [first.exit(0)] if first else []
    for block, kind, width in zip(heads, kinds, channels):
        shape = stages[len(parts)]["outputShape"]
        exit_ = make_exit(kind, shape, len(options.labels), width, backbone.layout_after(block), options.confidence)
        flops, _ = count_flops(exit_, torch.zeros(1, *shape))
        part = {"file": f"exit-{len(parts)}.pt", "flops": flops, "parameters": count_parameters(exit_), "afterBlock": block,
                "kind": kind, "confidence": options.confidence, "frozen": False}
        parts.append((part, exit_))
    return parts


def scripted(stages, exits, image):
    """The manifest's entry and the TorchScript of every stage and exit."""
    inputs = [image] + [part["outputShape"] for part, _ in stages]
    return ([(part, script(part, body, torch.zeros(2, *shape))) for (part, body), shape in zip(stages, inputs)],
            [(part, script(part, exit_, torch.zeros(2, *shape))) for (part, exit_), shape in zip(exits, inputs[1:])])


# --- export, with trained exits -----------------------------------------------------------------------------------
# Exits trained for a backbone are kept without it: the bundle's manifest and its exit files. From the weights that they
# were trained for, the stages are made again.

SAME_ANSWER = 1e-4  # between the stages and the network that they were cut from
SELF_TEST_TOLERANCE = 1e-3  # as `bundle verify` has it: other versions and processors sum in different orders


def trained_exits_directory(name):
    """Exits shipped under that name, which goes first, or a directory."""
    shipped = shipped_bundles()
    names = sorted(entry for entry in (os.listdir(shipped) if os.path.isdir(shipped) else [])
                   if entry.startswith("published-") and os.path.isfile(os.path.join(shipped, entry, MANIFEST)))
    if name in names:
        return os.path.join(shipped, name)
    if os.path.isdir(name):
        return name
    raise ExportError(f"--exits {name}: expected how many, a directory of trained exits, or the name of shipped ones "
                      f"({', '.join(names) or 'there are none'})")


def require_weights(options, directory, provenance):
    """The exits were trained on the features of one file of weights, and are worth nothing on others."""
    wanted = provenance.get("weightsSha256")
    described = f"{directory}: its exits were trained on {provenance.get('backbone')} with weights {provenance.get('weights')}"
    if not wanted:
        raise ExportError(f"{directory}: its backbone was not exported from a file of weights, so there is none to put it together with")
    if not options.weights:
        raise ExportError(f"{described}, SHA-256 {wanted}; name that file with --weights")
    if not os.path.isfile(options.weights):
        raise ExportError(f"--weights {options.weights}: no such file")
    actual = sha256(options.weights)
    if actual != wanted:
        raise ExportError(f"{described}, SHA-256 {wanted}; --weights {options.weights} has {actual}")


def require_same_stages(recorded, made):
    for index, (wanted, got) in enumerate(zip(recorded, made)):
        for key in ("flops", "parameters", "outputShape"):
            if wanted[key] != got[key]:
                raise ExportError(f"stage {index} of this backbone has {key} {got[key]}, the exits were trained on one with "
                                  f"{wanted[key]}; is --backbone the one that they were trained for?")


def logits(answer):
    """The logits of an answer's probabilities, less their mean, which softmax takes away."""
    values = torch.tensor(answer["probabilities"], dtype=torch.float64).clamp(min=1e-38).log()
    return values - values.mean()


def differences(expected, actual):
    """How far features and logits are off, over their own size, and confidences, as `bundle verify` compares them."""
    for wanted, got in zip(expected.get("features") or [], actual["features"]):
        distance = torch.tensor(wanted["sums"], dtype=torch.float64) - torch.tensor(got["sums"], dtype=torch.float64)
        yield float(distance.square().mean().sqrt()) / max(wanted["norm"], 1e-12)
    for wanted, got in zip(expected["exits"], actual["exits"]):
        if len(wanted["probabilities"]) != len(got["probabilities"]):
            yield math.nan
            continue
        values = logits(wanted)
        yield float((logits(got) - values).norm() / max(float(values.norm()), 1e-3 * math.sqrt(len(values))))
        yield abs(wanted["confidence"] - got["confidence"])


def require_same_answers(directory, expected, actual, otherwise):
    """Digests of modules vary with the version of torch that wrote them; what they compute may not. Returns the difference."""
    found = list(differences(expected, actual))
    if len(expected["exits"]) != len(actual["exits"]) or not all(difference <= SELF_TEST_TOLERANCE for difference in found):
        raise ExportError(f"{directory}: the answers to the self-test are up to {max(found, default=math.nan):.3g} off what the "
                          f"manifest says, expected at most {SELF_TEST_TOLERANCE}: {otherwise}")
    return max(found)


def export_with_trained_exits(options):
    given = [name for name in (*DEFAULTS, *PREPROCESSING_OPTIONS) if getattr(options, name) is not None]
    if options.tune_first:
        raise ExportError("--tune-first: trained exits are frozen, and so is a first network in front of them; leave it out")
    if given:
        raise ExportError(f"--{given[0].replace('_', '-')}: trained exits bring their own; leave it out")
    directory = trained_exits_directory(options.exits)
    manifest = read_manifest(directory)
    require_weights(options, directory, manifest.get("provenance") or {})
    if (manifest.get("provenance") or {}).get("final") == AVERAGE:
        raise ExportError(f"{directory}: its last answer is the mean of two networks; export it again with --first and --final {AVERAGE}")
    exit_files = [require_digest(directory, part) for part in manifest["exits"]]
    backbone, _ = load_backbone(options.backbone, options.weights, len(manifest["labels"]), input_shape(manifest))
    exits_after = [exit_["afterBlock"] for exit_ in manifest["exits"]]  # 0 for a first network
    if exits_after[-1] > backbone.places:
        raise ExportError(f"{directory}: has an exit after block {exits_after[-1]}, {options.backbone} has {backbone.places} blocks")
    stages, _ = scripted(stage_modules(backbone, exits_after, frozen=True), [], input_shape(manifest))
    require_same_stages(manifest["stages"], [part for part, _ in stages])
    modules = {part["file"]: module for part, module in stages}
    manifest["stages"] = [part for part, _ in stages]
    exits = {part["file"]: load_script(file) for part, file in zip(manifest["exits"], exit_files)}
    if not manifest.get("selfTest"):
        raise ExportError(f"{directory}: its manifest has no selfTest, so nothing shows that the exits fit this backbone")
    answers = self_test(manifest, {**modules, **exits})
    difference = require_same_answers(directory, manifest["selfTest"], answers,
                                      "these are not the stages that the exits were trained on")
    manifest["selfTest"] = {**answers, **manifest["selfTest"]}  # what the first exporter wrote stays the reference
    earlier = [step for step in manifest["provenance"].get("steps", []) if step["step"] != PUT_TOGETHER]
    manifest["provenance"]["steps"] = earlier + [{
        "step": PUT_TOGETHER, "exits": os.path.basename(os.path.abspath(directory)),
        "exitsManifestSha256": sha256(os.path.join(directory, MANIFEST)), "exporter": EXPORTER, "torch": torch.__version__, "at": now()}]
    if options.first:
        modules.update(exits)
        manifest, modules = with_first(options, manifest, modules)
        exit_files = []
    os.makedirs(options.out, exist_ok=True)
    for file in exit_files:
        shutil.copyfile(file, os.path.join(options.out, os.path.basename(file)))
    write_bundle(options.out, manifest, modules)
    print(f"{summary(options.out, manifest)}; weights and exits have the digests that {directory} lists, "
          f"the self-test's answers differ by {difference:.1g}", file=sys.stderr)


def with_first(options, manifest, modules):
    """The same bundle with a first network in front of its exits. What was calibrated without it is gone."""
    if manifest["exits"][0]["afterBlock"] == 0:
        raise ExportError(f"--first {options.first}: {options.exits} has a first network already")
    first = first_network(options, manifest["input"], manifest["labels"])
    image = torch.zeros(2, *input_shape(manifest))
    stage = {"file": "stage-0.pt", "flops": 0, "parameters": 0, "outputShape": input_shape(manifest), "frozen": True}
    exit_, module = first.exit(0)
    moved = {"stage-0.pt": script(stage, nn.Sequential(), image), "exit-0.pt": script(exit_, module, image)}
    parts = {"stages": [stage], "exits": [exit_]}
    for key, name in (("stages", "stage"), ("exits", "exit")):
        for index, part in enumerate(manifest[key], start=1):
            parts[key].append({**part, "file": f"{name}-{index}.pt"})
            moved[f"{name}-{index}.pt"] = modules[part["file"]]
    provenance = {**manifest["provenance"], "first": first.facts, "steps": manifest["provenance"]["steps"] + first.steps}
    calibrated = ("calibration", "operatingPoints")
    added = {**{key: value for key, value in manifest.items() if key not in calibrated}, **parts,
             "defaultPolicy": {"thresholds": [1.0]}, "provenance": provenance}
    answers, kept = self_test(added, moved), manifest["selfTest"]
    added["selfTest"] = {**answers, "exits": answers["exits"][:1] + kept["exits"]}
    return added, moved


# --- freeze -------------------------------------------------------------------------------------------------------


def freeze(options):
    """Folds batch norms and constants of every module that is not frozen yet; the modules can then no longer be trained."""
    manifest = read_manifest(options.bundle)
    everything = manifest["stages"] + manifest["exits"]
    parts = {"stages": manifest["stages"], "exits": manifest["exits"], "all": everything}[options.parts]
    pending = [part for part in parts if not part["frozen"]]
    modules = {part["file"]: load_script(require_digest(options.bundle, part)) for part in everything}
    before = manifest.get("selfTest") or self_test(manifest, modules)
    if pending:  # a machine that computes wrongly must not become the reference for others
        require_same_answers(options.bundle, before, self_test(manifest, modules), "torch does not compute here what it should")
    for part in pending:
        modules[part["file"]] = torch.jit.freeze(modules[part["file"]])
        part["frozen"] = True
    if pending:
        after = self_test(manifest, modules)
        require_same_answers(options.bundle, before, after, "the frozen modules compute something else")
        manifest["selfTest"] = {**after, **before}
        for part in pending:
            target = os.path.join(options.bundle, part["file"])
            modules[part["file"]].save(target + ".tmp")
            os.replace(target + ".tmp", target)
        write_manifest(options.bundle, manifest)
    print(f"{options.bundle}: froze {', '.join(part['file'] for part in pending) or 'nothing, all were frozen'}", file=sys.stderr)


# --- prune --------------------------------------------------------------------------------------------------------


def used_exits(manifest):
    """The exits at which some operating point or the default policy lets samples leave."""
    policies = [manifest["defaultPolicy"], *(manifest.get("operatingPoints") or {}).values()]
    count = len(manifest["exits"])
    wide = [per_exit("thresholds", policy["thresholds"], count) for policy in policies]
    return [index for index in range(count) if any(thresholds[index] < 1 for thresholds in wide)]


def without_exits(value, kept, count):
    """A part of the manifest with what it says of the kept exits alone; None where it tells of a policy that needs others, too."""
    if isinstance(value, list):
        pruned = [without_exits(entry, kept, count) for entry in value]
        return [entry for entry in pruned if entry is not None]
    if not isinstance(value, dict):
        return value
    value = {key: without_exits(entry, kept, count) for key, entry in value.items()}
    thresholds = value.get("thresholds")
    if thresholds is None:
        return value
    wide = per_exit("thresholds", thresholds, count)
    if any(threshold < 1 for index, threshold in enumerate(wide) if index not in kept):
        return None
    value["thresholds"] = thresholds if len(thresholds) == 1 else [wide[index] for index in kept]
    if "exitShares" in value:
        value["exitShares"] = [value["exitShares"][index] for index in (*kept, count)]
    return value


def prune(options):
    """Writes a bundle without the exits that no operating point uses: the stages on both sides of such an exit become one."""
    check_out(options.out)
    manifest = read_manifest(options.bundle)
    count, kept = len(manifest["exits"]), used_exits(manifest)
    if not kept:
        raise ExportError(f"{options.bundle}: no operating point uses any exit; calibrate the bundle first")
    stages = [load_script(require_digest(options.bundle, part)) for part in manifest["stages"]]
    exits = [load_script(require_digest(options.bundle, part)) for part in manifest["exits"]]
    before = manifest.get("selfTest") or self_test(manifest, dict(zip([part["file"] for part in manifest["stages"] + manifest["exits"]],
                                                                     stages + exits)))
    parts, modules, start = [], {}, 0
    for index, end in enumerate([*kept, count]):
        merged = manifest["stages"][start : end + 1]
        part = {**merged[-1], "file": f"stage-{index}.pt", "flops": sum(stage["flops"] for stage in merged),
                "parameters": sum(stage["parameters"] for stage in merged), "frozen": all(stage["frozen"] for stage in merged)}
        modules[part["file"]] = stages[end] if start == end else merge(stages[start : end + 1], part["frozen"])
        parts.append(part)
        start = end + 1
    pruned = {**manifest, "stages": parts,
              "exits": [{**manifest["exits"][index], "file": f"exit-{at}.pt"} for at, index in enumerate(kept)]}
    modules.update({f"exit-{at}.pt": exits[index] for at, index in enumerate(kept)})
    for key in ("defaultPolicy", "operatingPoints", "calibration"):
        if key in manifest:
            pruned[key] = without_exits(manifest[key], kept, count)
    expected = {"exits": [before["exits"][index] for index in (*kept, count)]}
    if before.get("features"):
        expected["features"] = [before["features"][index] for index in kept]
    answers = self_test(pruned, modules)
    require_same_answers(options.bundle, expected, answers, "the merged stages compute something else")
    pruned["selfTest"] = {**answers, **expected}
    provenance = {**(manifest.get("provenance") or {})}
    dropped = [manifest["exits"][index]["afterBlock"] for index in range(count) if index not in kept]
    provenance["steps"] = provenance.get("steps", []) + [{"step": "prune", "exitsAfterBlocks": dropped, "at": now()}]
    pruned["provenance"] = provenance
    write_bundle(options.out, pruned, modules)
    print(f"{summary(options.out, pruned)}; {len(dropped)} of {count} exits left out", file=sys.stderr)


def merge(stages, frozen):
    """Several stages as one module."""
    merged = torch.jit.script(Joined(stages).eval())
    return torch.jit.freeze(merged) if frozen else merged


# --- join ---------------------------------------------------------------------------------------------------------


class Joined(nn.Module):
    """A bundle's stages, one after the other: the backbone in one piece, images in, probabilities out."""

    def __init__(self, stages):
        super().__init__()
        self.stages = nn.ModuleList(stages)

    def forward(self, x):
        for stage in self.stages:
            x = stage(x)
        return x


def join(options):
    """Writes a bundle's backbone, without its exits, as one TorchScript module and as ONNX, for batches of any size."""
    manifest = read_manifest(options.bundle)
    joined = Joined([load_script(require_digest(options.bundle, part)) for part in manifest["stages"]]).eval()
    example = torch.zeros(2, *input_shape(manifest))
    with torch.no_grad(), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        whole = torch.jit.freeze(torch.jit.trace(joined, example).eval())
        whole.save(options.torchscript)
        newer = {"dynamo": False} if "dynamo" in inspect.signature(torch.onnx.export).parameters else {}
        names = {"images": {0: "n"}, "probabilities": {0: "n"}}
        try:
            torch.onnx.export(whole, (example,), options.onnx, opset_version=13, input_names=["images"],
                              output_names=["probabilities"], dynamic_axes=names, **newer)
        except Exception as error:  # torch's errors are of many kinds
            raise ExportError(f"{options.bundle}: torch {torch.__version__} cannot write it as ONNX: {first_line(error)}") from error


# --- Command line -------------------------------------------------------------------------------------------------


def floats(text):
    return [float(value) for value in text.split(",")]


def integers(text):
    return [int(value) for value in text.split(",")]


def words(text):
    return text.split(",")


class OneLineParser(argparse.ArgumentParser):
    def error(self, message):
        self.exit(2, f"{PROGRAM}: {message} (see --help)\n")


def main(arguments):
    parser = OneLineParser(prog="exitflow_export.py", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = parser.add_subparsers(dest="command", required=True)

    command = commands.add_parser("export", help="cut a backbone into stages, attach exits, write a bundle")
    command.add_argument("--backbone", required=True, help="resnetN (N = 6n+2), vggN (11, 13, 16, 19), densenetN (6n+4, or 121), "
                         "torchvision:NAME, timm:NAME, or FILE.py:FUNCTION")
    command.add_argument("--weights", help="state dict to load; without it the backbone is untrained and trainable")
    command.add_argument("--trained", action="store_true", help="FILE.py:FUNCTION returns trained weights: freeze the stages")
    command.add_argument("--out", help="the bundle's directory; must be empty or absent")
    command.add_argument("--list-cuts", action="store_true", help="write no bundle; print where the backbone can be cut, and which "
                         "places each placement takes")
    command.add_argument("--exits", help="how many exits (default: 3); or trained exits, which bring all that follows with them: "
                         "a directory, or the name of shipped ones such as published-resnet56")
    command.add_argument("--placement", choices=sorted(PLACEMENTS), help="rule that places them by cumulative cost (default: linear)")
    command.add_argument("--exits-after", type=integers, help="or the blocks that they follow, for example 3,5,7")
    command.add_argument("--first", metavar="BACKBONE[:WEIGHTS]|BUNDLE", help="a whole small network that reads the image as exit 0: "
                         "as it is where weights are given, untrained otherwise; or a bundle's backbone, by directory or shipped name")
    command.add_argument("--tune-first", action="store_true", help="its weights are where its training starts")
    command.add_argument("--final", choices=(BACKBONE, AVERAGE), help="the last answer: the backbone's (default), or the mean of the "
                         "first network's and the backbone's")
    command.add_argument("--confidence", choices=(MAX_PROBABILITY, LEARNED), help="how sure a new exit is: its greatest probability "
                         f"(default), or {LEARNED} by a head of its own, as PTEENet's are")
    command.add_argument("--head", type=words, help=f"kind of exit, one or one per exit: {', '.join(HEADS)} (default: {HEADS[0]})")
    command.add_argument("--head-channels", type=integers, help=f"of {POOLED_CONV}'s first convolution, one or one per exit (default: 32)")
    command.add_argument("--name", help="the model's name (default: the backbone's, or FUNCTION)")
    command.add_argument("--model-version", help="default: 1")
    command.add_argument("--labels", type=words, help="the name of each class (default: CIFAR-10's)")
    command.add_argument("--labels-file", help="or a file with one name on each line")
    command.add_argument("--input", type=integers, help="channels,height,width (default: 3,32,32; of torchvision's and timm's 3,224,224)")
    command.add_argument("--mean", type=floats, help="per channel, of pixels in [0, 1] (default: ImageNet's 0.485,0.456,0.406)")
    command.add_argument("--std", type=floats, help="per channel (default: 0.229,0.224,0.225)")
    command.add_argument("--resize", type=integers, help="bring images of any size to this one first: the shorter side, or height,width")
    command.add_argument("--crop", type=integers, help="then cut this out around the centre: a side, or height,width; it is the input's size")
    command.add_argument("--interpolation", choices=("bilinear", "bicubic"), help="with antialiasing (default: bilinear)")
    command.add_argument("--letterbox", action="store_const", const=True, help="keep the proportions within --resize, with a border around the image")
    command.add_argument("--fill", type=integers, help="red,green,blue of that border, 0 to 255 (default: black)")
    command.add_argument("--keep-orientation", action="store_const", const=True, help="leave images as they are stored, whatever EXIF says")
    command.add_argument("--scale", type=float, help="what a value from 0 to 255 is multiplied with before mean and std (default: 1/255)")
    command.add_argument("--seed", type=int, help="of untrained weights (default: 1)")
    command.set_defaults(run=export)

    command = commands.add_parser("freeze", help="fold batch norms of trained modules, which makes them faster")
    command.add_argument("--bundle", required=True)
    command.add_argument("--parts", choices=("stages", "exits", "all"), default="all")
    command.set_defaults(run=freeze)

    command = commands.add_parser("prune", help="write a bundle without the exits that no operating point uses")
    command.add_argument("--bundle", required=True)
    command.add_argument("--out", required=True, help="the new bundle's directory; must be empty or absent")
    command.set_defaults(run=prune)

    command = commands.add_parser("join", help="write a bundle's backbone in one piece, without exits, for other programs")
    command.add_argument("--bundle", required=True)
    command.add_argument("--torchscript", required=True, help="file to write")
    command.add_argument("--onnx", required=True, help="file to write")
    command.set_defaults(run=join)

    options = parser.parse_args(arguments)
    if options.command == "export" and not options.out and not options.list_cuts:
        parser.error("the following arguments are required: --out")
    try:
        with warnings.catch_warnings():
            # Newer versions of torch point away from TorchScript; it is what libtorch loads without Python.
            warnings.filterwarnings("ignore", message=r"`torch\.jit", category=FutureWarning)
            warnings.filterwarnings("ignore", message=r"`torch\.jit", category=DeprecationWarning)
            options.run(options)
    except (ExportError, OSError) as error:
        print(f"{PROGRAM}: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

#!/usr/bin/env python3
"""Turns a PyTorch backbone into an Exitflow model bundle.

A bundle is a directory of TorchScript modules and one manifest.json. The backbone is cut into stages;
an exit sits after every stage but the last, which ends in the backbone's own classifier. Needs torch >= 1.13.

    exitflow_export.py export --backbone resnet20 --weights resnet20.th --exits-after 3,5,7 --out my-bundle
    exitflow_export.py freeze --bundle my-bundle

Your own network: --backbone path/to/file.py:function, where function() returns a torch.nn.Sequential whose children
are the blocks, in order, and whose last child maps the last block's features to logits.
"""
import argparse
import datetime
import hashlib
import importlib.util
import json
import math
import os
import sys
from collections import OrderedDict

import torch
import torch.nn as nn
import torch.nn.functional as F

FORMAT_VERSION = 1
EXPORTER = "exitflow_export 1"
CIFAR10_LABELS = ["airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck"]


class ExportError(Exception):
    """A mistake in what the user asked for; printed without a stack trace."""


# --- Backbones: each is an nn.Sequential of blocks whose last child yields logits ---------------------------------


class ConvStem(nn.Module):
    def __init__(self, channels_in, channels):
        super().__init__()
        self.conv = nn.Conv2d(channels_in, channels, 3, padding=1, bias=False)
        self.bn = nn.BatchNorm2d(channels)

    def forward(self, x):
        return F.relu(self.bn(self.conv(x)))


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


class PooledClassifier(nn.Module):
    def __init__(self, channels, classes):
        super().__init__()
        self.linear = nn.Linear(channels, classes)

    def forward(self, x):
        return self.linear(x.mean([2, 3]))


def resnet(depth, classes, channels_in):
    """ResNet-(6n+2) for small images (He et al. 2016, section 4.2): 3 groups of n blocks, 16/32/64 channels."""
    if (depth - 2) % 6 != 0 or depth < 8:
        raise ExportError(f"resnet{depth}: depth must be 6n+2 (8, 14, 20, 32, 44, 56, 110, ...)")
    per_group = (depth - 2) // 6
    blocks = OrderedDict(stem=ConvStem(channels_in, 16))
    channels = 16
    for group, width in enumerate((16, 32, 64), start=1):
        for index in range(per_group):
            stride = 2 if group > 1 and index == 0 else 1
            blocks[f"layer{group}_{index}"] = ResidualBlock(channels, width, stride)
            channels = width
    blocks["classifier"] = PooledClassifier(channels, classes)
    return nn.Sequential(blocks)


def resnet_keys(state):
    """Renames the published CIFAR ResNet weights to this file's block names."""
    renamed = {}
    for key, value in state.items():
        name = key[len("module."):] if key.startswith("module.") else key
        head, _, rest = name.partition(".")
        if head.startswith("layer"):
            index, _, rest = rest.partition(".")
            name = f"{head}_{index}.{rest}"
        else:
            name = {"conv1": "stem.conv", "bn1": "stem.bn", "linear": "classifier.linear"}.get(head, head) + "." + rest
        renamed[name] = value
    return renamed


def make_backbone(name, classes, channels_in):
    """Returns (blocks, key renaming of published weights)."""
    if name.startswith("resnet") and name[len("resnet"):].isdigit():
        return resnet(int(name[len("resnet"):]), classes, channels_in), resnet_keys
    if ":" in name:
        path, _, function = name.rpartition(":")
        spec = importlib.util.spec_from_file_location("exitflow_user_backbone", path)
        if spec is None or not os.path.isfile(path):
            raise ExportError(f"--backbone {name}: {path} is not a Python file")
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        if not hasattr(module, function):
            raise ExportError(f"--backbone {name}: {path} has no function {function}")
        blocks = getattr(module, function)()
        if not isinstance(blocks, nn.Sequential) or len(blocks) < 2:
            raise ExportError(f"--backbone {name}: expected an nn.Sequential of at least two blocks, got {type(blocks).__name__}")
        return blocks, dict
    raise ExportError(f"--backbone {name}: expected resnetN (N = 6n+2) or FILE.py:FUNCTION")


def load_weights(blocks, rename, path):
    if not os.path.isfile(path):
        raise ExportError(f"--weights {path}: no such file")
    checkpoint = torch.load(path, map_location="cpu")
    state = rename(checkpoint.get("state_dict", checkpoint))
    missing, unexpected = blocks.load_state_dict(state, strict=False)
    missing = [key for key in missing if not key.endswith("num_batches_tracked")]
    if missing or unexpected:
        raise ExportError(f"--weights {path}: does not fit the backbone; missing {missing[:3]}, unexpected {list(unexpected)[:3]}")


def initialise(blocks):
    for module in blocks.modules():
        if isinstance(module, (nn.Conv2d, nn.Linear)):
            nn.init.kaiming_normal_(module.weight)
            if module.bias is not None:
                nn.init.zeros_(module.bias)


# --- Stages and exits -----------------------------------------------------------------------------------------------


class Stage(nn.Module):
    """Features (N, C, H, W) in, features out; kept in channels_last, which libtorch's CPU kernels prefer."""

    def __init__(self, body):
        super().__init__()
        self.body = body

    def forward(self, x):
        return self.body(x.contiguous(memory_format=torch.channels_last))


class LastStage(nn.Module):
    """Features in, class probabilities (N, K) out."""

    def __init__(self, body):
        super().__init__()
        self.body = body

    def forward(self, x):
        return self.body(x.contiguous(memory_format=torch.channels_last)).softmax(1)


class PooledConvExit(nn.Module):
    """The cheap exit: pool the map to 8x8 first, then two 3x3 convolutions, then mean and max pooling and two heads.

    Returns (probabilities (N, K), confidence (N, 1) in [0, 1]). The confidence head also sees the sorted probabilities,
    so it may learn any function of the margin and the entropy.
    """

    def __init__(self, channels_in, channels, classes):
        super().__init__()
        self.conv1 = nn.Conv2d(channels_in, channels, 3, padding=1, bias=False)
        self.bn1 = nn.BatchNorm2d(channels)
        self.conv2 = nn.Conv2d(channels, 2 * channels, 3, stride=2, padding=1, bias=False)
        self.bn2 = nn.BatchNorm2d(2 * channels)
        self.classify = nn.Linear(4 * channels, classes)
        self.confide = nn.Linear(4 * channels + classes, 1)

    def forward(self, x):
        if x.size(2) > 8:
            x = F.adaptive_avg_pool2d(x, [8, 8])
        x = F.relu(self.bn1(self.conv1(x)))
        x = F.relu(self.bn2(self.conv2(x)))
        pooled = torch.cat([x.mean([2, 3]), x.amax([2, 3])], 1)
        probabilities = self.classify(pooled).softmax(1)
        ranked = probabilities.sort(dim=1, descending=True)[0]
        confidence = torch.sigmoid(self.confide(torch.cat([pooled, ranked], 1)))
        return probabilities, confidence


class ChannelsLast(nn.Module):
    def __init__(self, body):
        super().__init__()
        self.body = body

    def forward(self, x):
        return self.body(x.contiguous(memory_format=torch.channels_last))


def cut(blocks, exits_after):
    """Splits the blocks after the given block counts (the stem is not counted when it is named 'stem')."""
    children = list(blocks.named_children())
    offset = 1 if children[0][0] == "stem" else 0
    last = len(children) - 1 - offset
    if not exits_after or sorted(set(exits_after)) != list(exits_after):
        raise ExportError(f"--exits-after {exits_after}: expected ascending block counts, for example 3,5,7")
    if exits_after[0] < 1 or exits_after[-1] > last:
        raise ExportError(f"--exits-after {exits_after}: the backbone has {last} blocks; each value must be in 1..{last}")
    bounds = [0] + [count + offset for count in exits_after] + [len(children)]
    return [nn.Sequential(OrderedDict(children[a:b])) for a, b in zip(bounds, bounds[1:])]


def count_flops(module, example):
    """2 x multiply-accumulates of every convolution and linear layer, as torch's own flop counter counts them."""
    total = 0
    hooks = []

    def conv(layer, inputs, output):
        nonlocal total
        kernel = layer.weight.shape[1] * layer.weight.shape[2] * layer.weight.shape[3]
        total += 2 * kernel * output.shape[1] * output.shape[2] * output.shape[3]

    def linear(layer, inputs, output):
        nonlocal total
        total += 2 * layer.in_features * layer.out_features

    for layer in module.modules():
        if isinstance(layer, nn.Conv2d):
            hooks.append(layer.register_forward_hook(conv))
        elif isinstance(layer, nn.Linear):
            hooks.append(layer.register_forward_hook(linear))
    with torch.no_grad():
        output = module(example)
    for hook in hooks:
        hook.remove()
    return int(total), output


def count_parameters(module):
    return sum(parameter.numel() for parameter in module.parameters())


def probe_input(shape):
    """The self-test's input: a fixed pseudo-random image in [-1, 1) that Java rebuilds from the same formula."""
    count = math.prod(shape)
    index = torch.arange(count, dtype=torch.int64)
    mixed = (index * 2654435761) % 4294967296
    return (mixed.double() / 2147483648.0 - 1.0).float().reshape(1, *shape)


def script(module, freeze):
    module = module.eval().to(memory_format=torch.channels_last)
    scripted = torch.jit.script(module)
    return torch.jit.freeze(scripted) if freeze else scripted


def sha256(path):
    with open(path, "rb") as file:
        return hashlib.sha256(file.read()).hexdigest()


def self_test(directory, manifest):
    """What every exit answers to the probe input; `bundle verify` compares against it on the machine that serves."""
    shape = [manifest["input"][key] for key in ("channels", "height", "width")]
    features = probe_input(shape)
    exits = []
    with torch.no_grad():
        for index, stage in enumerate(manifest["stages"]):
            features = torch.jit.load(os.path.join(directory, stage["file"]))(features)
            if index < len(manifest["exits"]):
                probabilities, confidence = torch.jit.load(os.path.join(directory, manifest["exits"][index]["file"]))(features)
                exits.append({"probabilities": probabilities[0].tolist(), "confidence": float(confidence[0, 0])})
            else:
                exits.append({"probabilities": features[0].tolist(), "confidence": 1.0})
    return {"exits": exits}


def write_manifest(directory, manifest):
    for part in manifest["stages"] + manifest["exits"]:
        part["sha256"] = sha256(os.path.join(directory, part["file"]))
    manifest["selfTest"] = self_test(directory, manifest)
    temporary = os.path.join(directory, "manifest.json.tmp")
    with open(temporary, "w") as file:
        json.dump(manifest, file, indent=2)
        file.write("\n")
    os.replace(temporary, os.path.join(directory, "manifest.json"))


def export(options):
    torch.manual_seed(options.seed)
    blocks, rename = make_backbone(options.backbone, len(options.labels), options.input[0])
    initialise(blocks)
    if options.weights:
        load_weights(blocks, rename, options.weights)
    blocks.eval()
    bodies = cut(blocks, options.exits_after)
    trained = options.weights is not None

    os.makedirs(options.out, exist_ok=True)
    if os.listdir(options.out):
        raise ExportError(f"--out {options.out}: the directory is not empty")
    features = torch.zeros(1, *options.input)
    stages, exits = [], []
    for index, body in enumerate(bodies):
        last = index == len(bodies) - 1
        flops, features = count_flops(body, features)
        stage = (LastStage if last else Stage)(body)
        file = f"stage-{index}.pt"
        script(stage, freeze=trained).save(os.path.join(options.out, file))
        stages.append({"file": file, "flops": flops, "parameters": count_parameters(body),
                       "outputShape": list(features.shape[1:]), "frozen": trained})
        if last:
            if tuple(features.shape) != (1, len(options.labels)):
                raise ExportError(f"backbone ends in shape {tuple(features.shape)}, expected (1, {len(options.labels)}) for the given labels")
            break
        branch = PooledConvExit(features.shape[1], options.head_channels, len(options.labels))
        initialise(branch)
        nn.init.zeros_(branch.confide.weight)
        branch.eval()
        head_flops, _ = count_flops(branch, features)
        file = f"exit-{index}.pt"
        script(ChannelsLast(branch), freeze=False).save(os.path.join(options.out, file))
        exits.append({"file": file, "flops": head_flops, "parameters": count_parameters(branch),
                      "afterBlock": options.exits_after[index], "kind": "pooled-conv", "frozen": False})

    manifest = {
        "formatVersion": FORMAT_VERSION,
        "name": options.name or options.backbone,
        "version": options.version,
        "input": {"channels": options.input[0], "height": options.input[1], "width": options.input[2],
                  "mean": options.mean, "std": options.std},
        "labels": options.labels,
        "stages": stages,
        "exits": exits,
        "defaultPolicy": {"thresholds": [1.0]},
        "provenance": {
            "backbone": options.backbone,
            "weights": os.path.basename(options.weights) if options.weights else None,
            "weightsSha256": sha256(options.weights) if options.weights else None,
            "backboneTrained": trained,
            "exitsTrained": False,
            "exporter": EXPORTER,
            "torch": torch.__version__,
            "seed": options.seed,
            "createdAt": datetime.datetime.now(datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ"),
            "steps": [],
        },
    }
    write_manifest(options.out, manifest)
    total = sum(stage["flops"] for stage in stages)
    print(f"{options.out}: {len(stages)} stages, {len(exits)} exits, {total / 2e6:.2f} M multiply-adds in the backbone, "
          f"{sum(exit_['flops'] for exit_ in exits) / 2e6:.2f} M in the exits", file=sys.stderr)


def freeze(options):
    """Folds batch norms and constants of every module that is not frozen yet; the modules can then no longer be trained."""
    path = os.path.join(options.bundle, "manifest.json")
    if not os.path.isfile(path):
        raise ExportError(f"--bundle {options.bundle}: no manifest.json there")
    with open(path) as file:
        manifest = json.load(file)
    parts = {"stages": manifest["stages"], "exits": manifest["exits"], "all": manifest["stages"] + manifest["exits"]}[options.parts]
    pending = [part for part in parts if not part["frozen"]]
    for part in pending:
        target = os.path.join(options.bundle, part["file"])
        module = torch.jit.load(target).eval()
        torch.jit.freeze(module).save(target + ".tmp")
        os.replace(target + ".tmp", target)
        part["frozen"] = True
    if pending:
        write_manifest(options.bundle, manifest)
    print(f"{options.bundle}: froze {', '.join(part['file'] for part in pending) or 'nothing, all were frozen'}", file=sys.stderr)


def floats(text):
    return [float(value) for value in text.split(",")]


def integers(text):
    return [int(value) for value in text.split(",")]


def main(arguments):
    parser = argparse.ArgumentParser(prog="exitflow_export.py", description=__doc__.splitlines()[0])
    commands = parser.add_subparsers(dest="command", required=True)

    command = commands.add_parser("export", help="cut a backbone into stages, attach untrained exits, write a bundle")
    command.add_argument("--backbone", required=True, help="resnetN with N = 6n+2, or FILE.py:FUNCTION")
    command.add_argument("--weights", help="state dict to load; without it the backbone is untrained and trainable")
    command.add_argument("--out", required=True, help="the bundle's directory; must be empty or absent")
    command.add_argument("--name", help="the model's name (default: the backbone's)")
    command.add_argument("--version", default="1")
    command.add_argument("--exits-after", type=integers, default=[3, 5, 7], help="block counts, for example 3,5,7")
    command.add_argument("--head-channels", type=int, default=32, help="channels of the exits' first convolution")
    command.add_argument("--labels", type=lambda text: text.split(","), default=CIFAR10_LABELS)
    command.add_argument("--input", type=integers, default=[3, 32, 32], help="channels,height,width")
    command.add_argument("--mean", type=floats, default=[0.485, 0.456, 0.406], help="per channel, of pixels in [0, 1]")
    command.add_argument("--std", type=floats, default=[0.229, 0.224, 0.225])
    command.add_argument("--seed", type=int, default=1)
    command.set_defaults(run=export)

    command = commands.add_parser("freeze", help="fold batch norms of trained modules, which makes them faster")
    command.add_argument("--bundle", required=True)
    command.add_argument("--parts", choices=("stages", "exits", "all"), default="all")
    command.set_defaults(run=freeze)

    options = parser.parse_args(arguments)
    try:
        options.run(options)
    except ExportError as error:
        print(f"exitflow_export: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

#!/usr/bin/env python3
"""Turns a PyTorch backbone into an Exitflow model bundle.

A bundle is a directory of TorchScript modules and one manifest.json. The backbone is cut into stages;
an exit sits after every stage but the last, which ends in the backbone's own classifier. Needs torch >= 1.13.

    exitflow_export.py export --backbone resnet20 --weights resnet20.th --exits-after 3,5,7 --out my-bundle
    exitflow_export.py freeze --bundle my-bundle

Your own network: --backbone path/to/file.py:function, where function() returns a torch.nn.Sequential whose children
are the blocks, in order, and whose last child maps the last block's features to logits. Its weights stay as function()
made them; say --trained if they are trained already. Python and weight files run code when they are loaded: take them
only from people you trust.
"""
import argparse
import datetime
import hashlib
import importlib.util
import json
import math
import os
import re
import sys
import traceback
from collections import OrderedDict

import torch
import torch.nn as nn
import torch.nn.functional as F

FORMAT_VERSION = 1
EXPORTER = "exitflow_export 1"
CIFAR10_LABELS = ["airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck"]


class ExportError(Exception):
    """A mistake in what the user asked for; printed without a stack trace."""


def first_line(error):
    """What went wrong, on one line: torch's own messages run over pages."""
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    return f"{type(error).__name__}: {lines[0] if lines else 'no message'}"


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


def user_blocks(name):
    """The blocks that FILE.py:FUNCTION returns, with the weights it gave them."""
    path, _, function = name.rpartition(":")
    spec = importlib.util.spec_from_file_location("exitflow_user_backbone", path)
    if spec is None or not os.path.isfile(path):
        raise ExportError(f"--backbone {name}: {path} is not a Python file")
    module = importlib.util.module_from_spec(spec)
    try:
        spec.loader.exec_module(module)
        if not hasattr(module, function):
            raise ExportError(f"--backbone {name}: {path} has no function {function}")
        blocks = getattr(module, function)()
    except ExportError:
        raise
    except Exception as error:  # whatever a stranger's code throws
        frame = traceback.extract_tb(error.__traceback__)[-1]
        raise ExportError(f"--backbone {name}: {first_line(error)} ({frame.filename}, line {frame.lineno})") from error
    if not isinstance(blocks, nn.Sequential) or len(blocks) < 2:
        raise ExportError(f"--backbone {name}: expected an nn.Sequential of at least two blocks, got {type(blocks).__name__}")
    return blocks


def make_backbone(name, classes, channels_in):
    """Returns (blocks, key renaming of published weights)."""
    if name.startswith("resnet") and name[len("resnet"):].isdigit():
        blocks = resnet(int(name[len("resnet"):]), classes, channels_in)
        initialise(blocks)
        return blocks, resnet_keys
    if ":" in name:
        return user_blocks(name), dict
    raise ExportError(f"--backbone {name}: expected resnetN (N = 6n+2) or FILE.py:FUNCTION")


def load_weights(blocks, rename, path):
    if not os.path.isfile(path):
        raise ExportError(f"--weights {path}: no such file")
    try:
        checkpoint = torch.load(path, map_location="cpu")
    except Exception as error:  # pickle's errors are of many kinds
        raise ExportError(f"--weights {path}: not a file that torch.save wrote ({first_line(error)})") from error
    state = checkpoint.get("state_dict", checkpoint) if isinstance(checkpoint, dict) else None
    if not state or not all(isinstance(value, torch.Tensor) for value in state.values()):
        raise ExportError(f"--weights {path}: expected a state dict (names and tensors), got {type(checkpoint).__name__}")
    state = rename(state)
    own = blocks.state_dict()
    missing = [key for key in own if key not in state and not key.endswith("num_batches_tracked")]
    unexpected = [key for key in state if key not in own]
    shapes = [f"{key} {tuple(state[key].shape)} for {tuple(own[key].shape)}"
              for key in own if key in state and state[key].shape != own[key].shape]
    if missing or unexpected or shapes:
        raise ExportError(f"--weights {path}: does not fit the backbone; missing {missing[:3]}, unexpected {unexpected[:3]}, "
                          f"other shapes {shapes[:3]}")
    blocks.load_state_dict(state, strict=False)


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
    """2 x multiply-accumulates of every convolution and linear layer for one image, as torch's own flop counter counts them."""
    total = 0
    hooks = []

    def conv(layer, inputs, output):
        nonlocal total
        kernel = layer.weight.shape[1] * layer.weight.shape[2] * layer.weight.shape[3]
        total += 2 * kernel * output.shape[1] * output.shape[2] * output.shape[3]

    def linear(layer, inputs, output):
        nonlocal total
        total += 2 * layer.in_features * output.numel()

    for layer in module.modules():
        if isinstance(layer, nn.Conv2d):
            hooks.append(layer.register_forward_hook(conv))
        elif isinstance(layer, nn.Linear):
            hooks.append(layer.register_forward_hook(linear))
    try:
        with torch.no_grad():
            output = module(example)
    finally:
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
    with open(temporary, "w", encoding="utf-8") as file:
        json.dump(manifest, file, indent=2)
        file.write("\n")
    os.replace(temporary, os.path.join(directory, "manifest.json"))


def check(options):
    """What the Java side would refuse is refused here, before anything is written."""
    if options.name is None:
        options.name = options.backbone.rpartition(":")[2]
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
    if options.head_channels < 1:
        raise ExportError(f"--head-channels {options.head_channels}: expected 1 or more")
    if os.path.exists(options.out) and not os.path.isdir(options.out):
        raise ExportError(f"--out {options.out}: not a directory")
    if os.path.isdir(options.out) and os.listdir(options.out):
        raise ExportError(f"--out {options.out}: the directory is not empty")


def measured(what, module, features):
    """count_flops, with a user's block that does not run named."""
    try:
        flops, output = count_flops(module, features)
    except Exception as error:  # from within a stranger's module
        raise ExportError(f"{what} fails on an input of shape {tuple(features.shape)}: {first_line(error)}") from error
    if not isinstance(output, torch.Tensor):
        raise ExportError(f"{what} yields a {type(output).__name__}, expected one tensor")
    return flops, output


def scripted(part, module):
    try:
        return script(module, part["frozen"])
    except Exception as error:  # TorchScript refuses in many ways
        raise ExportError(f"{part['file']} cannot be turned into TorchScript: {first_line(error)}") from error


def export(options):
    check(options)
    torch.manual_seed(options.seed)
    blocks, rename = make_backbone(options.backbone, len(options.labels), options.input[0])
    if options.weights:
        load_weights(blocks, rename, options.weights)
    blocks.eval()
    trained = options.weights is not None or options.trained
    modules, stages, exits = [], [], []
    features = torch.zeros(1, *options.input)
    bodies = cut(blocks, options.exits_after)
    for index, body in enumerate(bodies):
        last = index == len(bodies) - 1
        flops, features = measured(f"stage {index}", body, features)
        stage = {"file": f"stage-{index}.pt", "flops": flops, "parameters": count_parameters(body),
                 "outputShape": list(features.shape[1:]), "frozen": trained}
        stages.append(stage)
        modules.append((stage, (LastStage if last else Stage)(body)))
        if last:
            break
        if features.dim() != 4:
            raise ExportError(f"--exits-after {options.exits_after}: stage {index} yields shape {tuple(features.shape)}, "
                              "an exit needs a map (1, C, H, W)")
        branch = PooledConvExit(features.shape[1], options.head_channels, len(options.labels))
        initialise(branch)
        nn.init.zeros_(branch.confide.weight)
        branch.eval()
        head_flops, _ = count_flops(branch, features)
        exit_ = {"file": f"exit-{index}.pt", "flops": head_flops, "parameters": count_parameters(branch),
                 "afterBlock": options.exits_after[index], "kind": "pooled-conv", "frozen": False}
        exits.append(exit_)
        modules.append((exit_, ChannelsLast(branch)))
    if tuple(features.shape) != (1, len(options.labels)):
        raise ExportError(f"the backbone ends in shape {tuple(features.shape)}, expected (1, {len(options.labels)}): "
                          f"one value for each of {len(options.labels)} labels; say --labels")

    files = [(part["file"], scripted(part, module)) for part, module in modules]
    os.makedirs(options.out, exist_ok=True)
    for file, module in files:
        module.save(os.path.join(options.out, file))
    manifest = {
        "formatVersion": FORMAT_VERSION,
        "name": options.name,
        "version": options.model_version,
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
    try:
        with open(path, encoding="utf-8") as file:
            manifest = json.load(file)
        parts = {"stages": manifest["stages"], "exits": manifest["exits"],
                 "all": manifest["stages"] + manifest["exits"]}[options.parts]
        pending = [part for part in parts if not part["frozen"]]
    except (ValueError, KeyError, TypeError) as error:
        raise ExportError(f"{path}: not a bundle's manifest ({first_line(error)})") from error
    for part in pending:
        target = os.path.join(options.bundle, part["file"])
        if not os.path.isfile(target) or sha256(target) != part["sha256"]:
            raise ExportError(f"{target}: missing, or not what the manifest lists; nothing was frozen")
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
    command.add_argument("--trained", action="store_true", help="FILE.py:FUNCTION returns trained weights: freeze the stages")
    command.add_argument("--out", required=True, help="the bundle's directory; must be empty or absent")
    command.add_argument("--name", help="the model's name (default: resnetN, or FUNCTION)")
    command.add_argument("--model-version", default="1")
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
    except (ExportError, OSError) as error:
        print(f"exitflow_export: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

"""Tests of the exporter; run with a Python that has torch: python3 -m unittest discover core/training/src/test/python"""
import contextlib
import hashlib
import importlib.util
import io
import json
import os
import shutil
import sys
import tempfile
import unittest
from unittest import mock

try:
    import torch
except ImportError:
    raise unittest.SkipTest("this Python has no torch")

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.normpath(os.path.join(HERE, "..", "..", "..", ".."))
DATA = os.environ.get("EXITFLOW_DATA") or os.path.join(ROOT, "..", "shared", "data")
RESNET20 = os.path.join(DATA, "pretrained", "resnet20-12fca82f.th")
RESNET56 = os.path.join(DATA, "pretrained", "resnet56-4bfd9763.th")
TEST_IMAGES = os.path.join(DATA, "cifar-10-batches-bin", "test_batch.bin")
TINY = os.path.join(HERE, "tiny_backbone.py") + ":tiny"
TINY_OPTIONS = ["--backbone", TINY, "--exits-after", "1,2", "--labels", "red,green,blue,grey", "--input", "3,8,8"]

spec = importlib.util.spec_from_file_location("exitflow_export", os.path.join(HERE, "../../main/python/exitflow_export.py"))
exporter = importlib.util.module_from_spec(spec)
spec.loader.exec_module(exporter)


def run(*arguments):
    """Returns (exit code, stderr)."""
    with contextlib.redirect_stderr(io.StringIO()) as stderr:
        code = exporter.main([str(argument) for argument in arguments])
    return code, stderr.getvalue()


def sha256(path):
    with open(path, "rb") as file:
        return hashlib.sha256(file.read()).hexdigest()


def images(count):
    """CIFAR-10's first test images, (N, 3, 32, 32), normalised as the published nets want them, and their labels."""
    with open(TEST_IMAGES, "rb") as file:
        records = torch.tensor(list(file.read(count * 3073))).reshape(count, 3073)
    mean = torch.tensor([0.485, 0.456, 0.406]).reshape(1, 3, 1, 1)
    std = torch.tensor([0.229, 0.224, 0.225]).reshape(1, 3, 1, 1)
    return (records[:, 1:].reshape(count, 3, 32, 32).float() / 255 - mean) / std, records[:, 0]


class Bundle:
    """A bundle on disk, read as a stranger would."""

    def __init__(self, directory):
        self.directory = directory
        with open(os.path.join(directory, "manifest.json"), encoding="utf-8") as file:
            self.manifest = json.load(file)
        self.stages = [self.load(part) for part in self.manifest["stages"]]
        self.exits = [self.load(part) for part in self.manifest["exits"]]

    def load(self, part):
        return torch.jit.load(os.path.join(self.directory, part["file"])).eval()

    def answers(self, pixels):
        """Every exit's (probabilities, confidence), then the backbone's probabilities."""
        answers = []
        with torch.no_grad():
            for index, stage in enumerate(self.stages):
                pixels = stage(pixels)
                answers.append(self.exits[index](pixels) if index < len(self.exits) else pixels)
        return answers

    def flops(self):
        return sum(stage["flops"] for stage in self.manifest["stages"])


class ExporterCase(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = folder.name
        self.out = os.path.join(self.folder, "bundle")

    def export(self, *arguments):
        code, stderr = run("export", "--out", self.out, *arguments)
        self.assertEqual((code, 1), (0, len(stderr.splitlines())), stderr)
        return Bundle(self.out)

    def assert_refused(self, message, *arguments):
        before = set(os.listdir(self.folder))
        code, stderr = run(*arguments)
        self.assertEqual(code, 1, stderr)
        self.assertEqual(len(stderr.splitlines()), 1, stderr)
        self.assertTrue(stderr.startswith("exitflow_export: "), stderr)
        self.assertIn(message, stderr)
        self.assertEqual(set(os.listdir(self.folder)), before, "something was written")


class ShouldCount(ExporterCase):
    def test_resnet20_as_the_paper_does(self):
        bundle = self.export("--backbone", "resnet20")

        self.assertAlmostEqual(bundle.flops() / 2e6, 40.55, places=2)
        # Parameters of He et al.'s ResNet-20, 0.27 M: convolutions, batch norms and classifier, no shortcut weights.
        self.assertEqual(sum(stage["parameters"] for stage in bundle.manifest["stages"]), 269722)

    def test_resnet56_as_the_paper_does(self):
        bundle = self.export("--backbone", "resnet56", "--exits-after", "9,18")

        self.assertAlmostEqual(bundle.flops() / 2e6, 125.49, places=2)

    def test_resnet20_stages_as_computed_by_hand(self):
        bundle = self.export("--backbone", "resnet20", "--exits-after", "3,5,7")

        block16 = 2 * 9 * 16 * 16 * 32 * 32
        block32 = 2 * 9 * 32 * 32 * 16 * 16
        block64 = 2 * 9 * 64 * 64 * 8 * 8
        widening32 = 9 * 16 * 32 * 16 * 16 + 9 * 32 * 32 * 16 * 16
        widening64 = 9 * 32 * 64 * 8 * 8 + 9 * 64 * 64 * 8 * 8
        stem = 9 * 3 * 16 * 32 * 32
        by_hand = [stem + 3 * block16, widening32 + block32, block32 + widening64, 2 * block64 + 64 * 10]
        self.assertEqual([stage["flops"] for stage in bundle.manifest["stages"]], [2 * macs for macs in by_hand])
        self.assertEqual([stage["outputShape"] for stage in bundle.manifest["stages"]],
                         [[16, 32, 32], [32, 16, 16], [64, 8, 8], [10]])

    def test_exits_as_computed_by_hand(self):
        bundle = self.export("--backbone", "resnet20", "--exits-after", "3,5,7", "--head-channels", "24",
                             "--confidence", "learned")

        def macs(channels_in):  # 8x8 maps, then 4x4, then 48 means and 48 maxima into 10 classes and a confidence
            return 9 * channels_in * 24 * 64 + 9 * 24 * 48 * 16 + 96 * 10 + (96 + 10)

        self.assertEqual([exit_["flops"] for exit_ in bundle.manifest["exits"]], [2 * macs(16), 2 * macs(32), 2 * macs(64)])
        weights = 9 * 16 * 24 + 2 * 24 + 9 * 24 * 48 + 2 * 48 + (96 * 10 + 10) + (106 + 1)
        self.assertEqual(bundle.manifest["exits"][0]["parameters"], weights)

    def test_every_resnet_as_computed_by_hand(self):
        for depth, parameters, millions in ((20, 269722, 40.55), (32, 464154, 68.86), (44, 658586, 97.17), (56, 853018, 125.49),
                                            (110, 1727962, 252.89)):
            n = (depth - 2) // 6
            # All convolutions cost 9 x 16 x 16 x 32 x 32, as channels double where sides halve, but for the two that widen, which
            # cost half, and the stem.
            full, stem, linear = 9 * 16 * 16 * 32 * 32, 9 * 3 * 16 * 32 * 32, 64 * 10
            by_hand = stem + 3 * 2 * n * full - 2 * full // 2 + linear

            with self.subTest(depth=depth):
                self.assert_counts(f"resnet{depth}", by_hand, parameters)
                self.assertAlmostEqual(by_hand / 1e6, millions, places=2)

    def test_vgg_as_computed_by_hand(self):
        shallow = 9 * (3 * 64 * 32 * 32 + 64 * 128 * 16 * 16 + (128 + 256) * 256 * 8 * 8 + (256 + 512) * 512 * 4 * 4 + 2 * 512 * 512 * 2 * 2)
        further = [9 * 64 * 64 * 32 * 32, 9 * 128 * 128 * 16 * 16, 9 * 256 * 256 * 8 * 8, 9 * 512 * 512 * 4 * 4, 9 * 512 * 512 * 2 * 2]
        linear = 512 * 10
        # Parameters of the usual VGG for CIFAR-10, less its convolutions' biases, which batch norm makes idle.
        self.assert_counts("vgg11", shallow + linear, 9231114 - 2752)
        self.assert_counts("vgg16", shallow + sum(further) + linear, 14728266 - 4224)
        self.assert_counts("vgg19", shallow + sum(further) + sum(further[2:]) + linear, 20040522 - 5504)
        self.assertAlmostEqual((shallow + sum(further) + linear) / 1e6, 313.20, places=2)
        self.assertAlmostEqual((shallow + sum(further) + sum(further[2:]) + linear) / 1e6, 398.14, places=2)

    def test_densenet_as_computed_by_hand(self):
        def dense(layers, channels, side):  # each: 1x1 to 48 channels, 3x3 to 12
            return sum((channels + 12 * layer) * 48 + 9 * 48 * 12 for layer in range(layers)) * side * side

        stem = 9 * 3 * 24 * 32 * 32
        depth100 = (stem + dense(16, 24, 32) + 216 * 108 * 32 * 32 + dense(16, 108, 16) + 300 * 150 * 16 * 16 + dense(16, 150, 8)
                    + 342 * 10)
        depth40 = stem + dense(6, 24, 32) + 96 * 48 * 32 * 32 + dense(6, 48, 16) + 120 * 60 * 16 * 16 + dense(6, 60, 8) + 132 * 10
        depth121 = (stem + dense(6, 24, 32) + 96 * 48 * 32 * 32 + dense(12, 48, 16) + 192 * 96 * 16 * 16 + dense(24, 96, 8)
                    + 384 * 192 * 8 * 8 + dense(16, 192, 4) + 384 * 10)
        # Parameters as the published implementations for CIFAR-10 have them.
        self.assert_counts("densenet40", depth40, 176122)
        self.assert_counts("densenet100", depth100, 769162)
        self.assert_counts("densenet121", depth121, 1000618)
        self.assertAlmostEqual(depth100 / 1e6, 287.93, places=2)

    def test_every_branch_type_as_computed_by_hand(self):
        channels, side, classes = 6, 4, 3
        heads = channels * classes + channels
        head_parameters = heads + classes + 1
        conv, conv_parameters = 9 * channels * channels * side * side, 9 * channels * channels + 2 * channels
        flat = channels * side * side
        by_hand = {
            "plain": (flat * classes + flat, flat * classes + flat + classes + 1),
            "pool": (heads, head_parameters),
            "bnpool": (heads, head_parameters + 2 * channels),
            "conv": (conv + heads, conv_parameters + head_parameters),
            "conv2": (2 * conv + heads, 2 * conv_parameters + head_parameters),
            "conv3": (3 * conv + heads, 3 * conv_parameters + head_parameters),
            # 6 to 5 channels on 4x4, 5 to 10 on 2x2, ten means and ten maxima, the confidence with three probabilities more
            "pooled-conv": (9 * 6 * 5 * 16 + 9 * 5 * 10 * 4 + 20 * 3 + 23, 9 * 6 * 5 + 10 + 9 * 5 * 10 + 20 + 63 + 24),
        }
        for blocks in (1, 2, 3):  # on a map of 8x8 or less nothing is halved; then means, maxima, and the sorted probabilities
            by_hand[f"residual{blocks}"] = (2 * blocks * conv + 2 * channels * classes + 2 * channels + classes,
                                            2 * blocks * conv_parameters + 2 * channels * classes + classes + 2 * channels + classes + 1)
        self.assertEqual(set(by_hand), set(exporter.HEADS))
        for kind, (macs, parameters) in by_hand.items():
            with self.subTest(kind=kind):
                exit_ = exporter.make_exit(kind, (channels, side, side), classes, channels=5, confidence="learned")

                self.assertEqual(exporter.count_flops(exit_, torch.zeros(1, channels, side, side))[0], 2 * macs)
                self.assertEqual(exporter.count_parameters(exit_), parameters)

    def test_nothing_for_a_confidence_that_is_a_probability(self):
        without = exporter.make_exit("pool", (6, 4, 4), 3, channels=5)

        self.assertEqual(exporter.count_flops(without, torch.zeros(1, 6, 4, 4))[0], 2 * 6 * 3)
        self.assertEqual(exporter.count_parameters(without), 6 * 3 + 3)

    def test_the_papers_conv2_branch_at_full_resolution(self):
        exit_ = exporter.make_exit("conv2", (16, 32, 32), 10, channels=32, confidence="learned")

        flops, _ = exporter.count_flops(exit_, torch.zeros(1, 16, 32, 32))

        self.assertEqual(flops, 2 * (2 * 9 * 16 * 16 * 32 * 32 + 16 * 10 + 16))
        self.assertAlmostEqual(flops / 2e6, 4.72, places=2)

    def test_a_residual_exit_that_halves_the_map_twice(self):
        exit_ = exporter.make_exit("residual2", (16, 32, 32), 10, channels=32, confidence="learned")

        flops, (probabilities, _) = exporter.count_flops(exit_, torch.zeros(1, 16, 32, 32))

        macs = (9 * 16 * 32 * 256 + 4 * 9 * 32 * 32 * 256  # to 16x16 and two blocks
                + 9 * 32 * 64 * 64 + 4 * 9 * 64 * 64 * 64  # to 8x8 and two blocks
                + 128 * 10 + 138)
        self.assertEqual(flops, 2 * macs)
        self.assertAlmostEqual(macs / 1e6, 21.24, places=2)
        self.assertEqual(tuple(probabilities.shape), (1, 10))

    def test_whatever_multiplies_and_accumulates(self):
        class Functional(torch.nn.Module):
            def forward(self, x):
                return torch.nn.functional.conv2d(x, torch.zeros(5, 3, 3, 3))

        class Attention(torch.nn.Module):
            def __init__(self):
                super().__init__()
                self.heads = torch.nn.MultiheadAttention(4, 2, batch_first=True).eval()

            def forward(self, x):
                return self.heads(x, x, x, need_weights=False)[0]

        image = torch.zeros(1, 4, 6, 6)
        for module, example, macs in (
                (torch.nn.Linear(3, 5), torch.zeros(1, 7, 3), 7 * 3 * 5),
                (torch.nn.Linear(3, 5, bias=False), torch.zeros(1, 3), 3 * 5),
                (torch.nn.Conv2d(4, 8, 3, stride=2, groups=2), image, 2 * 2 * 8 * (2 * 9)),
                (torch.nn.ConvTranspose2d(4, 8, 2, stride=2), image, 4 * 6 * 6 * (8 * 4)),
                (Functional(), torch.zeros(1, 3, 6, 6), 4 * 4 * 5 * 27),
                # 5 places of 4 features in 2 heads: three projections, scores, weighted sums, and the last projection
                (Attention(), torch.zeros(1, 5, 4), 5 * 4 * 12 + 2 * (2 * 5 * 5 * 2) + 5 * 4 * 4),
                (torch.nn.MaxPool2d(2), image, 0)):
            with self.subTest(module=module):
                self.assertEqual(exporter.count_flops(module, example)[0], 2 * macs)

    def assert_counts(self, name, macs, parameters):
        blocks, _ = exporter.make_backbone(name, 10, 3)
        self.assertEqual(exporter.Backbone(blocks, [3, 32, 32]).total(), 2 * macs, name)
        self.assertEqual(exporter.count_parameters(blocks), parameters, name)


class ShouldPlace(ExporterCase):
    def equal_blocks(self):
        """Ten blocks of 576 multiply-adds each, and a classifier of 6: 5,766 together."""
        blocks = [torch.nn.Conv2d(3, 3, 1, bias=False) for _ in range(10)]
        classifier = torch.nn.Sequential(torch.nn.AdaptiveAvgPool2d(1), torch.nn.Flatten(), torch.nn.Linear(3, 2))
        return exporter.Backbone(torch.nn.Sequential(*blocks, classifier), [3, 8, 8])

    def test_each_exit_where_its_share_is_reached(self):
        backbone = self.equal_blocks()

        # In multiply-adds, shares 0.2, 0.4, 0.6, 0.8 fall at 1153.2, 2306.4, 3459.6, 4612.8: just behind blocks 2, 4, 6 and 8.
        self.assertEqual(exporter.place(backbone, "linear", 4), [3, 5, 7, 9])
        # 0.2, 0.36, 0.488: 1153.2, 2075.8, 2813.8
        self.assertEqual(exporter.place(backbone, "pareto", 3), [3, 4, 5])
        # 0.382, 0.618: 2202.4, 3563.6
        self.assertEqual(exporter.place(backbone, "golden", 2), [4, 7])

    def test_a_later_exit_in_the_next_block_when_one_block_reaches_both_shares(self):
        # 0.05, 0.0975, 0.142625: 288.3, 562.2 and 822.4; the first two end in block 1.
        self.assertEqual(exporter.place(self.equal_blocks(), "fine", 3), [1, 2, 3])

    def test_an_exit_at_a_block_that_reaches_its_share_exactly(self):
        blocks = [torch.nn.Conv2d(3, 3, 1, bias=False) for _ in range(3)]
        backbone = exporter.Backbone(torch.nn.Sequential(*blocks, torch.nn.Flatten()), [3, 2, 2])

        self.assertEqual(exporter.place(backbone, "linear", 2), [1, 2])

    def test_resnet20s_exits_after_3_5_7_when_nothing_is_said(self):
        bundle = self.export("--backbone", "resnet20")

        self.assertEqual([exit_["afterBlock"] for exit_ in bundle.manifest["exits"]], [3, 5, 7])
        self.assertEqual(bundle.manifest["provenance"]["placement"], "linear")

    def test_resnet110s_ten_fine_exits_as_computed_by_hand(self):
        backbone = exporter.Backbone(exporter.make_backbone("resnet110", 10, 3)[0], [3, 32, 32])

        # Shares of 252.89 M, 12.64 24.66 36.07 46.91 57.21 67.00 76.29 85.12 93.51 101.48; block k ends at 0.44 + 4.72 k up to 18,
        # where the map shrinks: 85.38, then 88.92 and 4.72 each.
        self.assertEqual(exporter.place(backbone, "fine", 10), [3, 6, 8, 10, 13, 15, 17, 18, 20, 22])

    def test_by_the_rule_asked_for(self):
        bundle = self.export(*TINY_OPTIONS[:2], *TINY_OPTIONS[4:], "--placement", "pareto", "--exits", "2")

        # The blocks cost 27,648, 147,456 and 73,728 multiply-adds, the classifier 128.
        self.assertEqual([exit_["afterBlock"] for exit_ in bundle.manifest["exits"]], [2, 3])
        self.assertEqual(bundle.manifest["provenance"]["placement"], "pareto")

    def test_no_more_exits_than_there_are_blocks(self):
        self.assert_refused("has room for 9", "export", "--backbone", "resnet20", "--exits", "10", "--out", self.out)
        self.assert_refused("--exits 0", "export", "--backbone", "resnet20", "--exits", "0", "--out", self.out)

    def test_no_exits_by_rule_and_by_list_at_once(self):
        self.assert_refused("leave --exits and --placement out", "export", "--backbone", "resnet20", "--exits-after", "3,5",
                            "--placement", "fine", "--out", self.out)


class ShouldCutAnywhere(unittest.TestCase):
    def test_without_changing_what_the_backbone_answers(self):
        for name in ("resnet20", "vgg11", "densenet22", "densenet121"):
            with self.subTest(name=name):
                blocks, _ = exporter.make_backbone(name, 10, 3)
                backbone = exporter.Backbone(blocks, [3, 32, 32])
                features = pixels = torch.randn(2, 3, 32, 32)

                stages = backbone.cut(list(range(1, backbone.places + 1)))

                with torch.no_grad():
                    for stage, _, shape in stages:
                        features = stage(features)
                        self.assertEqual(list(features.shape[1:]), shape)
                    self.assertTrue(torch.equal(features, blocks(pixels)))
                self.assertEqual(len(stages), backbone.places + 1)
                self.assertEqual(sum(flops for _, flops, _ in stages), backbone.total())


class ShouldAttach(ExporterCase):
    def test_every_kind_of_exit_trainable_and_undecided(self):
        for kinds in ("plain,pool,bnpool", "conv,conv2,conv3", "pooled-conv", "residual1,residual2,residual3"):
            with self.subTest(kinds=kinds):
                self.out = os.path.join(self.folder, kinds)
                bundle = self.export("--backbone", TINY, "--labels", "red,green,blue,grey", "--input", "3,8,8",
                                     "--exits-after", "1,2,3", "--head", kinds, "--confidence", "learned")

                answers = bundle.answers(torch.randn(5, 3, 8, 8))

                self.assertEqual([exit_["kind"] for exit_ in bundle.manifest["exits"]], (kinds.split(",") * 3)[:3])
                for exit_, (probabilities, confidence) in zip(bundle.exits, answers):
                    self.assertEqual((tuple(probabilities.shape), tuple(confidence.shape)), ((5, 4), (5, 1)))
                    self.assertTrue(torch.allclose(probabilities.sum(1), torch.ones(5)))
                    self.assertTrue(torch.equal(confidence, torch.full((5, 1), 0.5)))
                    names = [name for name, _ in exit_.named_parameters() if "confide" in name]
                    self.assertEqual([name.rpartition(".")[2] for name in names], ["weight", "bias"])
                self.assertEqual({exit_["confidence"] for exit_ in bundle.manifest["exits"]}, {"learned"})

    def test_every_kind_as_sure_as_its_greatest_probability_where_nothing_else_is_asked_for(self):
        for kinds in ("plain,pool,bnpool", "conv,conv2,conv3", "pooled-conv", "residual1,residual2,residual3"):
            with self.subTest(kinds=kinds):
                self.out = os.path.join(self.folder, kinds)
                bundle = self.export("--backbone", TINY, "--labels", "red,green,blue,grey", "--input", "3,8,8",
                                     "--exits-after", "1,2,3", "--head", kinds)

                for exit_, (probabilities, confidence) in zip(bundle.exits, bundle.answers(torch.randn(5, 3, 8, 8))):
                    self.assertTrue(torch.equal(confidence, probabilities.max(1, keepdim=True)[0]))
                    self.assertGreater(confidence.std().item(), 0)
                    self.assertFalse([name for name, _ in exit_.named_parameters() if "confide" in name])
                self.assertEqual({exit_["confidence"] for exit_ in bundle.manifest["exits"]}, {"max-probability"})

    def test_every_kind_so_that_freezing_changes_no_answer(self):
        for kind in exporter.HEADS:
            with self.subTest(kind=kind):
                exit_ = exporter.make_exit(kind, (16, 8, 8), 4, channels=8, confidence="learned")
                torch.nn.init.normal_(next(p for name, p in exit_.named_parameters() if "confide.linear.weight" in name))
                for name, buffer in exit_.named_buffers():
                    if name.endswith("running_mean"):
                        buffer.normal_(0, 0.1)
                    elif name.endswith("running_var"):
                        buffer.uniform_(0.5, 1.5)
                features = torch.randn(3, 16, 8, 8)

                frozen = exporter.script({"file": "exit-0.pt", "frozen": True}, exit_, features)

                with torch.no_grad():
                    for actual, expected in zip(frozen(features), exit_(features)):
                        self.assertLess((actual - expected).abs().max().item(), 1e-5)

    def test_channels_of_each_pooled_exit(self):
        bundle = self.export(*TINY_OPTIONS, "--head-channels", "4,8")

        self.assertEqual([exit_.body.conv1.weight.shape[0] for exit_ in bundle.exits], [4, 8])

    def test_no_kind_that_is_unknown_or_one_too_many(self):
        refused = ("export", *TINY_OPTIONS, "--out", self.out)
        self.assert_refused("--head fancy: expected one of pooled-conv, residual1", *refused, "--head", "fancy")
        self.assert_refused("3 values for 2 exits", *refused, "--head", "pool,pool,pool")
        self.assert_refused("--head-channels is for --head pooled-conv", *refused, "--head", "pool", "--head-channels", "8")
        self.assert_refused("--head-channels [0]", *refused, "--head-channels", "0")


class ShouldPutANetworkInFront(ExporterCase):
    """A first network: a whole small network that reads the image as exit 0."""

    BACKBONE = ["--backbone", "resnet14", "--labels", "a,b,c,d,e,f,g,h,i,j"]

    def setUp(self):
        super().setUp()
        torch.manual_seed(5)
        self.network = exporter.make_backbone("resnet8", 10, 3)[0].eval()
        self.weights = os.path.join(self.folder, "resnet8.pt")
        torch.save(self.network.state_dict(), self.weights)
        self.images = torch.randn(5, 3, 32, 32)

    def small_bundle(self, *options):
        directory = os.path.join(self.folder, "small")
        code, stderr = run("export", "--out", directory, "--backbone", "resnet8", "--weights", self.weights, "--exits-after", "1",
                           "--labels", "a,b,c,d,e,f,g,h,i,j", *options)
        self.assertEqual(code, 0, stderr)
        return directory

    def assert_answers_as_it_is(self, bundle, images):
        with torch.no_grad():
            expected = self.network(images).softmax(1)
        probabilities, confidence = bundle.answers(self.images)[0]
        self.assertLess((probabilities - expected).abs().max().item(), 1e-5)
        self.assertTrue(torch.equal(confidence, probabilities.max(1, keepdim=True)[0]))

    def test_as_it_is_where_weights_are_given(self):
        bundle = self.export(*self.BACKBONE, "--first", f"resnet8:{self.weights}")
        alone = exporter.make_network("resnet14", 10, 3, None)

        self.assert_answers_as_it_is(bundle, self.images)
        first, = bundle.manifest["exits"]
        self.assertEqual((first["kind"], first["afterBlock"], first["frozen"]), ("network", 0, True))
        self.assertEqual([stage["flops"] for stage in bundle.manifest["stages"]], [0, exporter.Backbone(alone, [3, 32, 32]).total()])
        # A stem of 3 to 16 channels; two convolutions in each of three blocks; 64 features into ten classes.
        macs = 9 * 3 * 16 * 1024 + 2 * 9 * 16 * 16 * 1024 + 9 * (16 * 32 + 32 * 32) * 256 + 9 * (32 * 64 + 64 * 64) * 64 + 640
        self.assertEqual(first["flops"], 2 * macs)
        self.assertEqual(first["parameters"], sum(parameter.numel() for parameter in self.network.parameters()))
        self.assertEqual(bundle.manifest["provenance"]["first"]["weightsSha256"], sha256(self.weights))

    def test_to_be_trained_where_none_are_given_or_to_be_trained_on_where_asked_for(self):
        for index, options in enumerate((["--first", "resnet8"], ["--first", f"resnet8:{self.weights}", "--tune-first"])):
            self.out = os.path.join(self.folder, f"bundle-{index}")
            bundle = self.export(*self.BACKBONE, *options)
            self.assertFalse(bundle.manifest["exits"][0]["frozen"])
            self.assertTrue(list(bundle.exits[0].parameters()))
        self.assert_answers_as_it_is(bundle, self.images)

    def test_before_other_exits_and_the_backbone_which_answers_as_before(self):
        weights = os.path.join(self.folder, "resnet14.pt")
        backbone = exporter.make_backbone("resnet14", 10, 3)[0].eval()
        torch.save(backbone.state_dict(), weights)

        bundle = self.export(*self.BACKBONE, "--weights", weights, "--first", f"resnet8:{self.weights}", "--exits-after", "2,4",
                             "--head", "pool,conv")

        self.assertEqual([exit_["afterBlock"] for exit_ in bundle.manifest["exits"]], [0, 2, 4])
        self.assertEqual([exit_["kind"] for exit_ in bundle.manifest["exits"]], ["network", "pool", "conv"])
        with torch.no_grad():
            self.assertLess((bundle.answers(self.images)[3] - backbone(self.images).softmax(1)).abs().max().item(), 1e-5)

    def test_of_a_bundle_whose_images_are_normalised_in_another_way(self):
        bundle = self.export(*self.BACKBONE, "--first", self.small_bundle("--mean", "0.5,0.4,0.3", "--std", "0.2,0.3,0.4"))

        pixels = self.images * torch.tensor([0.229, 0.224, 0.225]).view(1, 3, 1, 1) + torch.tensor([0.485, 0.456, 0.406]).view(1, 3, 1, 1)
        own = (pixels - torch.tensor([0.5, 0.4, 0.3]).view(1, 3, 1, 1)) / torch.tensor([0.2, 0.3, 0.4]).view(1, 3, 1, 1)
        self.assert_answers_as_it_is(bundle, own)
        self.assertTrue(bundle.manifest["provenance"]["first"]["renormalised"])

    def test_with_what_taught_it_so_that_calibration_keeps_off_those_images(self):
        directory = self.small_bundle()
        manifest = exporter.read_manifest(directory)
        manifest["provenance"]["steps"] = [{"step": "train backbone", "images": 90, "dataSha256": "1234"}, {"step": "train exits"}]
        exporter.write_manifest(directory, manifest)

        bundle = self.export(*self.BACKBONE, "--first", directory)

        step, = bundle.manifest["provenance"]["steps"]
        self.assertEqual((step["images"], step["dataSha256"]), (90, "1234"))
        self.assertTrue(step["step"].startswith("train backbone of the first network"))

    def test_whose_answer_is_averaged_with_the_backbones_where_asked_for(self):
        weights = os.path.join(self.folder, "resnet14.pt")
        backbone = exporter.make_backbone("resnet14", 10, 3)[0].eval()
        torch.save(backbone.state_dict(), weights)
        options = [*self.BACKBONE, "--weights", weights, "--first", f"resnet8:{self.weights}", "--exits-after", "2", "--head", "pool"]
        apart = self.export(*options, "--seed", "4")
        self.out = os.path.join(self.folder, "averaged")

        bundle = self.export(*options, "--seed", "4", "--final", "average")

        answers, before = bundle.answers(self.images), apart.answers(self.images)
        self.assert_answers_as_it_is(bundle, self.images)
        self.assertLess((answers[1][0] - before[1][0]).abs().max().item(), 1e-5)
        self.assertLess((answers[2] - (before[0][0] + before[2]) / 2).abs().max().item(), 1e-5)
        self.assertEqual([part["outputShape"] for part in bundle.manifest["stages"]], [[3 * 32 * 32 + 10], [16 * 32 * 32 + 10], [10]])
        self.assertEqual(bundle.flops(), apart.flops() + apart.manifest["exits"][0]["flops"], "both networks run for the last answer")
        self.assertEqual([exit_["flops"] for exit_ in bundle.manifest["exits"]], [0, apart.manifest["exits"][1]["flops"]])

    def test_but_none_that_answers_or_sees_something_else(self):
        small = self.small_bundle()
        refused = ("export", "--backbone", "resnet14", "--out", self.out)
        self.assert_refused("expected the labels of the new bundle", *refused, "--first", small)
        self.assert_refused("reads images of [3, 32, 32]", "export", *self.BACKBONE, "--out", self.out, "--input", "3,64,64", "--first", small)
        self.assert_refused("does not fit the backbone", *refused, "--first", f"resnet14:{self.weights}")
        self.assert_refused("--first nothing: ", *refused, "--first", "nothing")
        self.assert_refused("--final average: needs a first network", *refused, "--final", "average")
        self.assert_refused("--tune-first goes with", *refused, "--first", "resnet8", "--tune-first")
        self.assert_refused("expected 1 or more, or a network in front", *refused, "--exits", "0")


class ShouldKeepTheBackbone(ExporterCase):
    def test_answers_when_untrained(self):
        bundle = self.export("--backbone", "resnet20", "--seed", "7")
        torch.manual_seed(7)
        backbone, _ = exporter.make_backbone("resnet20", 10, 3)
        pixels = torch.randn(5, 3, 32, 32)

        answers = bundle.answers(pixels)

        with torch.no_grad():
            expected = backbone.eval()(pixels).softmax(1)
        self.assertLess((answers[-1] - expected).abs().max().item(), 1e-5)
        self.assertFalse(any(stage["frozen"] for stage in bundle.manifest["stages"]))
        self.assertTrue(all(any(True for _ in stage.parameters()) for stage in bundle.stages), "must be trainable")

    def test_digests_when_exported_twice_with_one_seed(self):
        first = self.export("--backbone", "resnet8", "--exits-after", "1")
        self.out = os.path.join(self.folder, "again")
        second = self.export("--backbone", "resnet8", "--exits-after", "1")

        self.assertEqual([part["sha256"] for part in first.manifest["stages"] + first.manifest["exits"]],
                         [part["sha256"] for part in second.manifest["stages"] + second.manifest["exits"]])

    def test_answers_when_weights_bear_its_own_names(self):
        for name in ("resnet8", "vgg11", "densenet10"):
            with self.subTest(name=name):
                torch.manual_seed(5)
                trained, _ = exporter.make_backbone(name, 10, 3)
                weights = os.path.join(self.folder, name)
                torch.save({"state_dict": {f"module.{key}": value for key, value in trained.state_dict().items()}}, weights)
                loaded, rename = exporter.make_backbone(name, 10, 3)

                exporter.load_weights(loaded, rename, weights)

                pixels = torch.randn(2, 3, 32, 32)
                with torch.no_grad():
                    self.assertTrue(torch.equal(loaded.eval()(pixels), trained.eval()(pixels)))

    @unittest.skipUnless(os.path.isfile(RESNET20) and os.path.isfile(TEST_IMAGES), "no published weights and images in EXITFLOW_DATA")
    def test_answers_and_accuracy_when_published(self):
        bundle = self.export("--backbone", "resnet20", "--weights", RESNET20)
        backbone, rename = exporter.make_backbone("resnet20", 10, 3)
        exporter.load_weights(backbone, rename, RESNET20)
        pixels, labels = images(500)

        answers = bundle.answers(pixels)

        with torch.no_grad():
            expected = backbone.eval()(pixels).softmax(1)
        self.assertLess((answers[-1] - expected).abs().max().item(), 1e-4)
        self.assertGreater((answers[-1].argmax(1) == labels).float().mean().item(), 0.90)
        self.assertTrue(all(stage["frozen"] for stage in bundle.manifest["stages"]))
        self.assertEqual(bundle.manifest["provenance"]["weightsSha256"], sha256(RESNET20))
        self.assertTrue(bundle.manifest["provenance"]["backboneTrained"])


    @unittest.skipUnless(os.path.isfile(RESNET20), "no published weights in EXITFLOW_DATA")
    def test_weights_of_every_published_resnet(self):
        for file in sorted(os.listdir(os.path.dirname(RESNET20))):
            if file.endswith(".th"):
                with self.subTest(file=file):
                    blocks, rename = exporter.make_backbone(file.partition("-")[0], 10, 3)
                    before = blocks.stem.conv.weight.clone()

                    exporter.load_weights(blocks, rename, os.path.join(os.path.dirname(RESNET20), file))

                    self.assertFalse(torch.equal(blocks.stem.conv.weight, before))


class ShouldWriteManifest(ExporterCase):
    def test_with_digests_of_every_module(self):
        bundle = self.export(*TINY_OPTIONS)

        parts = bundle.manifest["stages"] + bundle.manifest["exits"]
        self.assertEqual([part["sha256"] for part in parts],
                         [sha256(os.path.join(self.out, part["file"])) for part in parts])
        self.assertEqual(set(os.listdir(self.out)), {part["file"] for part in parts} | {"manifest.json"})

    def test_with_what_every_exit_answers_to_the_probe(self):
        bundle = self.export(*TINY_OPTIONS)

        answers = bundle.answers(exporter.probe_input([3, 8, 8]))

        recorded = bundle.manifest["selfTest"]["exits"]
        self.assertEqual(len(recorded), 3)
        for expected, (probabilities, confidence) in zip(recorded, answers[:2]):
            self.assertEqual(expected["probabilities"], probabilities[0].tolist())
            self.assertEqual(expected["confidence"], confidence.item())
        self.assertEqual(recorded[2]["probabilities"], answers[2][0].tolist())
        self.assertEqual(recorded[2]["confidence"], 1.0)

    def test_with_the_probe_that_java_makes(self):
        probe = exporter.probe_input([3, 32, 32]).flatten().tolist()

        by_formula = [index * 2654435761 % 2**32 / 2**31 - 1 for index in range(3072)]
        self.assertTrue(all(-1 <= value < 1 for value in by_formula))
        self.assertLess(max(abs(a - b) for a, b in zip(probe, by_formula)), 1e-7)
        self.assertEqual(probe[0], -1.0)

    def test_named_after_the_users_function(self):
        bundle = self.export(*TINY_OPTIONS, "--model-version", "2026-11")

        self.assertEqual((bundle.manifest["name"], bundle.manifest["version"]), ("tiny", "2026-11"))
        self.assertFalse(bundle.manifest["provenance"]["backboneTrained"])


class ShouldDescribePreprocessing(ExporterCase):
    TINY = ("--backbone", TINY, "--exits-after", "1,2", "--labels", "a,b,c,d")

    def test_as_torchvision_calls_it(self):
        manifest = self.export(*self.TINY, "--resize", "10", "--crop", "8", "--interpolation", "bicubic").manifest
        self.assertEqual(manifest["formatVersion"], 3)
        self.assertEqual((manifest["input"]["height"], manifest["input"]["width"]), (8, 8))
        self.assertEqual(manifest["input"]["preprocessing"], {
            "orientation": "exif", "colour": "rgb", "resize": "shorter-side", "size": [10], "interpolation": "bicubic",
            "antialias": True, "crop": "centre"})

    def test_a_letterbox_with_all_that_belongs_to_it(self):
        manifest = self.export(*self.TINY, "--resize", "8", "--letterbox", "--fill", "1,2,3", "--keep-orientation", "--scale",
                               "0.5").manifest
        self.assertEqual(manifest["input"]["preprocessing"], {
            "orientation": "stored", "colour": "rgb", "resize": "letterbox", "size": [8, 8], "interpolation": "bilinear",
            "antialias": True, "crop": "centre", "fill": [1, 2, 3], "scale": 0.5})

    def test_nothing_when_nothing_is_said(self):
        manifest = self.export(*self.TINY, "--input", "3,8,8").manifest
        self.assertEqual(manifest["formatVersion"], 1)
        self.assertNotIn("preprocessing", manifest["input"])


class ShouldExportUsersOwn(ExporterCase):
    def module(self, code):
        path = os.path.join(self.folder, "mine.py")
        with open(path, "w", encoding="utf-8") as file:
            file.write("import torch\nimport torch.nn as nn\n" + code)
        return path

    def test_network_with_weights_as_its_function_made_them(self):
        path = self.module(
            "def net():\n"
            "    convolution = nn.Conv2d(3, 4, 3, padding=1)\n"
            "    nn.init.constant_(convolution.weight, 0.125)\n"
            "    return nn.Sequential(convolution, nn.Sequential(nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(4, 2)))\n")

        bundle = self.export("--backbone", path + ":net", "--trained", "--exits-after", "1", "--labels", "a,b", "--input", "3,8,8")

        with torch.no_grad():
            difference = bundle.stages[0](torch.ones(1, 3, 8, 8)) - bundle.stages[0](torch.zeros(1, 3, 8, 8))
        self.assertAlmostEqual(difference[0, 0, 4, 4].item(), 27 * 0.125, places=4)
        self.assertTrue(bundle.manifest["stages"][0]["frozen"])
        self.assertTrue(bundle.manifest["provenance"]["backboneTrained"])

    def test_network_whose_file_imports_its_neighbour_and_whose_weights_are_a_state_dict(self):
        with open(os.path.join(self.folder, "neighbour.py"), "w", encoding="utf-8") as file:
            file.write("import torch.nn as nn\ndef block():\n    return nn.Conv2d(3, 4, 3, padding=1)\n")
        path = self.module(
            "from dataclasses import dataclass\nimport neighbour\n"
            "@dataclass\nclass Size:\n    classes: int = 2\n"
            "def net():\n"
            "    last = nn.Sequential(nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(4, Size().classes))\n"
            "    return nn.Sequential(neighbour.block(), last)\n")
        weights = os.path.join(self.folder, "mine.pt")
        state = exporter.user_network(path + ":net", None)[0].state_dict()
        torch.save({key: torch.full_like(value, 0.25) for key, value in state.items()}, weights)

        bundle = self.export("--backbone", path + ":net", "--weights", weights, "--exits", "1", "--labels", "a,b", "--input", "3,8,8")

        with torch.no_grad():
            self.assertAlmostEqual(bundle.stages[0](torch.ones(1, 3, 8, 8))[0, 0, 4, 4].item(), 27 * 0.25 + 0.25, places=4)
        self.assertEqual(bundle.manifest["provenance"]["weightsSha256"], sha256(weights))

    def test_nothing_when_it_ends_in_a_softmax(self):
        path = self.module("def net():\n    return nn.Sequential(nn.Conv2d(3, 2, 8), nn.Sequential(nn.Flatten(), nn.Softmax(1)))\n")

        self.assert_refused("yields probabilities, expected logits", "export", "--backbone", path + ":net", "--out", self.out,
                            "--exits", "1", "--labels", "a,b", "--input", "3,8,8")

    def test_nothing_when_a_block_yields_two_things(self):
        path = self.module(
            "class Two(nn.Module):\n    def forward(self, x):\n        return x, x\n"
            "def net():\n    return nn.Sequential(Two(), nn.Flatten())\n")

        self.assert_refused("block '0' yields a tuple, expected one tensor", "export", "--backbone", path + ":net", "--out", self.out)

    def test_nothing_when_it_is_no_python_file(self):
        path = os.path.join(self.folder, "weights.th")
        with open(path, "w", encoding="utf-8") as file:
            file.write("no Python")

        self.assert_refused("its name must end in .py", "export", "--backbone", path + ":net", "--out", self.out)

    def test_nothing_when_the_function_raises(self):
        path = self.module("def net():\n    raise ValueError('no such thing')\n")

        self.assert_refused("ValueError: no such thing", "export", "--backbone", path + ":net", "--out", self.out)

    def test_nothing_when_it_is_no_network(self):
        path = self.module("def net():\n    return [nn.Linear(3, 4)]\n")

        self.assert_refused("expected a torch.nn.Module that yields logits, got list", "export", "--backbone", path + ":net",
                            "--out", self.out)

    def test_nothing_when_images_do_not_fit_the_network(self):
        path = self.module("def net():\n    return nn.Linear(3, 4)\n")

        self.assert_refused("fails on images of shape (3, 32, 32)", "export", "--backbone", path + ":net", "--out", self.out)

    def test_nothing_when_an_exit_would_follow_a_vector(self):
        path = self.module("def net():\n    return nn.Sequential(nn.Flatten(), nn.Linear(192, 8), nn.Linear(8, 10))\n")

        self.assert_refused("needs a map", "export", "--backbone", path + ":net", "--out", self.out,
                            "--exits-after", "1", "--input", "3,8,8")

    def test_nothing_when_a_block_does_not_fit_the_image(self):
        path = self.module("def net():\n    return nn.Sequential(nn.Conv2d(5, 8, 3), nn.Flatten())\n")

        self.assert_refused("block '0' fails on an input of shape (1, 3, 32, 32)", "export", "--backbone", path + ":net",
                            "--out", self.out, "--exits-after", "1")

    def test_blocks_that_torchscript_refuses_as_frozen_traces(self):
        path = self.module(
            "class Odd(nn.Module):\n"
            "    def forward(self, x):\n"
            "        return x * len({y for y in 'ab'})\n"
            "def net():\n"
            "    return nn.Sequential(Odd(), nn.Sequential(nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(3, 10)))\n")

        bundle = self.export("--backbone", path + ":net", "--exits-after", "1")

        pixels = torch.randn(3, 3, 32, 32)
        self.assertTrue(torch.equal(bundle.stages[0](pixels), pixels * 2))
        self.assertEqual([stage["frozen"] for stage in bundle.manifest["stages"]], [True, False])

    def test_nothing_when_a_trace_holds_for_one_size_of_batch_only(self):
        path = self.module(
            "class Odd(nn.Module):\n"
            "    def forward(self, x):\n"
            "        return x * len({y for y in range(int(x.shape[0]))})\n"
            "def net():\n"
            "    return nn.Sequential(Odd(), nn.Sequential(nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(3, 10)))\n")

        self.assert_refused("does its forward() depend on the number of images?", "export", "--backbone", path + ":net",
                            "--out", self.out, "--exits-after", "1")


SMALL_NETWORKS = """
import torch
import torch.nn as nn


class Residual(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1, self.conv2 = nn.Conv2d(8, 8, 3, padding=1), nn.Conv2d(8, 8, 3, padding=1)

    def forward(self, x):
        return torch.relu(self.conv2(torch.relu(self.conv1(x))) + x)


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.stem, self.first, self.second, self.fc = nn.Conv2d(3, 8, 3, padding=1), Residual(), Residual(), nn.Linear(8, 4)

    def forward(self, x):
        n, c, h, w = x.shape
        x = self.second(self.first(torch.relu(self.stem(x))))
        return self.fc(x.mean([2, 3]).reshape(n, 8))


class Patches(nn.Module):
    def __init__(self):
        super().__init__()
        self.cut, self.token = nn.Conv2d(3, 8, 2, stride=2), nn.Parameter(torch.randn(1, 1, 8))
        self.position, self.norm = nn.Parameter(torch.randn(1, 17, 8)), nn.LayerNorm(8)
        self.attention, self.fc = nn.MultiheadAttention(8, 2, batch_first=True), nn.Linear(8, 4)

    def forward(self, x, scale=1.0):
        n = x.shape[0]
        x = torch.cat([self.token.expand(n, -1, -1), self.cut(x).flatten(2).transpose(1, 2)], 1) + self.position * scale
        y = self.norm(x)
        y, _ = self.attention(y, y, y, need_weights=False)
        return self.fc((x + y)[:, 0])


class LastAxis(nn.Module):
    def __init__(self):
        super().__init__()
        self.cut, self.norm, self.mix, self.fc = nn.Conv2d(3, 6, 2, stride=2), nn.LayerNorm(6), nn.Linear(6, 6), nn.Linear(6, 4)

    def forward(self, x):
        x = self.cut(x).permute(0, 2, 3, 1)
        x = x + self.mix(self.norm(x))
        return self.fc(x.mean([1, 2]))


class Branching(nn.Module):
    def forward(self, x):
        if x.sum() > 0:
            return x.mean([2, 3])
        return x.amax([2, 3])


class Tangled(nn.Module):
    def __init__(self):
        super().__init__()
        self.left, self.right = nn.Conv2d(3, 4, 3), nn.Conv2d(3, 4, 3)

    def forward(self, x):
        return (self.left(x) + self.right(x)).mean([2, 3])


def branching():
    return Branching()


def of_classes(classes=4):
    return Net()


def loaded(weights):
    network = Net()
    state = torch.load(weights)["weights"]
    network.load_state_dict({key.replace("backbone/", ""): value for key, value in state.items()})
    return network
"""


class ShouldCutAnyNetwork(ExporterCase):
    """Networks that are no Sequential of blocks, unmodified: traced by torch.fx."""

    def setUp(self):
        super().setUp()
        self.path = os.path.join(self.folder, "networks.py")
        with open(self.path, "w", encoding="utf-8") as file:
            file.write(SMALL_NETWORKS)
        self.options = ("--labels", "a,b,c,d", "--input", "3,8,8")

    def network(self, name):
        return exporter.user_network(f"{self.path}:{name}", None)[0].eval()

    def backbone(self, name):
        return exporter.Backbone(*(lambda blocks, layouts: (blocks, [3, 8, 8], layouts))(
            *exporter.traced_blocks(self.network(name), [3, 8, 8], name)))

    def test_where_one_tensor_is_alive_and_never_inside_a_residual_block(self):
        backbone = self.backbone("Net")

        self.assertEqual(backbone.shapes, [[8, 8, 8]] * 3 + [[4]])
        block = 2 * 9 * 8 * 8 * 64
        self.assertEqual(backbone.flops, [2 * 9 * 3 * 8 * 64, 2 * block, 2 * block, 2 * 8 * 4])

    def test_without_changing_what_it_answers(self):
        for name, places in (("Net", 3), ("Patches", 2), ("LastAxis", 2)):
            with self.subTest(name=name):
                self.out = os.path.join(self.folder, name)
                weights = os.path.join(self.folder, name + ".pt")
                network = self.network(name)
                torch.save(network.state_dict(), weights)
                exits_after = ",".join(str(place) for place in range(1, places + 1))

                bundle = self.export("--backbone", f"{self.path}:{name}", "--weights", weights, *self.options,
                                     "--exits-after", exits_after)

                for count in (1, 2, 5):
                    pixels = torch.randn(count, 3, 8, 8)
                    with torch.no_grad():
                        self.assertLess((bundle.answers(pixels)[-1] - network(pixels).softmax(1)).abs().max().item(), 1e-5)

    def test_with_exits_that_read_tokens_and_maps_whose_channels_come_last(self):
        for name, shape, as_map in (("Patches", [17, 8], [8, 4, 4]), ("LastAxis", [4, 4, 6], [6, 4, 4])):
            with self.subTest(name=name):
                self.out = os.path.join(self.folder, name)

                bundle = self.export("--backbone", f"{self.path}:{name}", *self.options, "--exits-after", "1", "--head", "pool")

                self.assertEqual(bundle.manifest["stages"][0]["outputShape"], shape)
                self.assertEqual(bundle.manifest["exits"][0]["flops"], 2 * as_map[0] * 4)
                probabilities, confidence = bundle.answers(torch.randn(3, 3, 8, 8))[0]
                self.assertEqual((tuple(probabilities.shape), tuple(confidence.shape)), ((3, 4), (3, 1)))

    def test_and_lay_tokens_out_as_the_patches_lie(self):
        front, shape = exporter.as_map(exporter.TOKENS, [10, 2])
        tokens = torch.arange(20.0).reshape(1, 10, 2)

        laid_out = front(tokens)

        self.assertEqual((shape, list(laid_out.shape)), ([2, 3, 3], [1, 2, 3, 3]))
        self.assertEqual(laid_out[0, 0].tolist(), [[2.0, 4.0, 6.0], [8.0, 10.0, 12.0], [14.0, 16.0, 18.0]])
        self.assertEqual(exporter.as_map(exporter.TOKENS, [9, 2])[1], [2, 3, 3])
        self.assertEqual(exporter.as_map(exporter.TOKENS, [7, 2])[1], [2, 7, 1])

    def test_and_list_the_places(self):
        with contextlib.redirect_stdout(io.StringIO()) as stdout:
            code, stderr = run("export", "--backbone", self.path + ":Net", *self.options, "--list-cuts", "--exits", "1")

        self.assertEqual((code, stderr), (0, ""))
        rows = [line.split() for line in stdout.getvalue().splitlines()]
        self.assertEqual([row[:6] for row in rows[1:4]], [["1", "8", "x", "8", "x", "8"], ["2", "8", "x", "8", "x", "8"],
                                                          ["3", "8", "x", "8", "x", "8"]])
        self.assertEqual([row[7] for row in rows[1:4]], ["8.6%", "54.3%", "100.0%"])
        self.assertIn("linear", rows[2])
        self.assertEqual(rows[4], ["all", "0.16", "100.0%"])
        self.assertFalse(os.path.exists(self.out))

    def test_whose_function_loads_the_weights_itself(self):
        weights = os.path.join(self.folder, "renamed.pt")
        network = self.network("Net")
        torch.save({"weights": {"backbone/" + key: value for key, value in network.state_dict().items()}}, weights)

        bundle = self.export("--backbone", self.path + ":loaded", "--weights", weights, *self.options, "--exits-after", "2")

        pixels = torch.randn(2, 3, 8, 8)
        with torch.no_grad():
            self.assertLess((bundle.answers(pixels)[-1] - network(pixels).softmax(1)).abs().max().item(), 1e-5)
        self.assertEqual(bundle.manifest["provenance"]["weightsSha256"], sha256(weights))

    def test_whose_function_has_defaults_of_its_own(self):
        network, loads = exporter.user_network(self.path + ":of_classes", "weights.pt")

        self.assertEqual((type(network).__name__, loads), ("Net", False))

    def test_but_none_whose_way_depends_on_the_images(self):
        self.assert_refused("networks.py, line ", "export", "--backbone", self.path + ":branching", *self.options, "--out", self.out)
        self.assert_refused("torch.fx.wrap", "export", "--backbone", self.path + ":branching", *self.options, "--out", self.out)

    def test_but_none_that_is_all_in_one_piece(self):
        self.assert_refused("so it cannot be cut", "export", "--backbone", self.path + ":Tangled", *self.options, "--out", self.out)


class ShouldReadWeights(ExporterCase):
    def test_of_every_usual_form(self):
        torch.manual_seed(3)
        network, _ = exporter.make_backbone("resnet8", 10, 3)
        state = network.state_dict()
        for form in (state, {"state_dict": state}, {"model": state, "epoch": 3}, {"model_state_dict": state}, {"net": state},
                     {"state_dict": {"module." + key: value for key, value in state.items()}}):
            with self.subTest(form=list(form)[:1]):
                path = os.path.join(self.folder, "weights.pt")
                torch.save(form, path)
                other, rename = exporter.make_backbone("resnet8", 10, 3)

                exporter.load_weights(other, rename, path)

                self.assertTrue(all(torch.equal(value, other.state_dict()[key]) for key, value in state.items()))

    def test_of_safetensors_where_the_library_is_at_hand(self):
        path = os.path.join(self.folder, "weights.safetensors")
        with open(path, "wb") as file:
            file.write(b"anything")
        library = mock.MagicMock()
        library.load_file.return_value = {"weight": torch.zeros(1)}
        with mock.patch.dict(sys.modules, {"safetensors": mock.MagicMock(torch=library), "safetensors.torch": library}):
            self.assertEqual(list(exporter.read_weights(path)), ["weight"])
        with mock.patch.dict(sys.modules, {"safetensors": None, "safetensors.torch": None}):
            with self.assertRaisesRegex(exporter.ExportError, "has no safetensors; install it, or save a state dict"):
                exporter.read_weights(path)


class ShouldTakeLabels(ExporterCase):
    def test_from_a_file_whose_names_may_hold_commas(self):
        path = os.path.join(self.folder, "labels.txt")
        with open(path, "w", encoding="utf-8") as file:
            file.write("red\ngreen, dark\n\nblue\ngrey\n")

        bundle = self.export("--backbone", TINY, "--exits-after", "1", "--input", "3,8,8", "--labels-file", path)

        self.assertEqual(bundle.manifest["labels"], ["red", "green, dark", "blue", "grey"])

    def test_not_twice_and_not_from_nowhere(self):
        self.assert_refused("leave --labels out", "export", *TINY_OPTIONS, "--labels-file", "x", "--out", self.out)
        self.assert_refused("No such file", "export", "--backbone", TINY, "--labels-file", "x", "--out", self.out)
        self.assert_refused("say which classes it has", "export", "--backbone", "torchvision:resnet18", "--out", self.out)


class ShouldTakeNetworksOfLibraries(ExporterCase):
    # Multiply-adds in millions as torchvision's and the papers' tables have them: convolutions, matrix products and attention.
    PUBLISHED = {"resnet18": 1814, "resnet50": 4089, "mobilenet_v2": 301, "mobilenet_v3_large": 217, "efficientnet_b0": 386,
                 "densenet121": 2834, "regnet_y_400mf": 402, "vgg16_bn": 15470, "convnext_tiny": 4456, "swin_t": 4491,
                 "vit_b_16": 17564, "shufflenet_v2_x1_0": 145}

    def setUp(self):
        super().setUp()
        try:
            import torchvision
        except ImportError:
            self.skipTest("this Python has no torchvision")
        self.models = torchvision.models

    def test_with_the_published_multiply_adds(self):
        for name, millions in self.PUBLISHED.items():
            with self.subTest(name=name):
                if not hasattr(self.models, name):
                    self.skipTest(f"this torchvision has no {name}")
                network = exporter.library_network("torchvision:" + name, 1000, 3).eval()

                blocks, layouts = exporter.traced_blocks(network, [3, 224, 224], name)

                backbone = exporter.Backbone(blocks, [3, 224, 224], layouts)
                self.assertAlmostEqual(backbone.total() / 2e6 / millions, 1, delta=0.005)
                self.assertGreaterEqual(backbone.places, 4)

    def test_so_that_the_stages_answer_as_the_whole(self):
        labels = os.path.join(self.folder, "labels.txt")
        with open(labels, "w", encoding="utf-8") as file:
            file.writelines(f"class {index}\n" for index in range(1000))
        for name in self.PUBLISHED:
            with self.subTest(name=name):
                if not hasattr(self.models, name):
                    self.skipTest(f"this torchvision has no {name}")
                self.out = os.path.join(self.folder, name)
                side = 224 if name.startswith("vit") else 64

                bundle = self.export("--backbone", "torchvision:" + name, "--labels-file", labels, "--input", f"3,{side},{side}",
                                     "--exits", "2")

                self.assertEqual([exit_["afterBlock"] > 0 for exit_ in bundle.manifest["exits"]], [True, True])
                exits = sum(exit_["flops"] for exit_ in bundle.manifest["exits"])
                self.assertLess(exits / bundle.flops(), 0.5 if side == 64 else 0.02)

    def test_of_timm_by_name(self):
        timm = mock.MagicMock()
        timm.create_model.side_effect = lambda name, **options: self.models.resnet18(num_classes=options["num_classes"])
        with mock.patch.dict(sys.modules, {"timm": timm}):
            bundle = self.export("--backbone", "timm:resnet18", "--labels", "a,b", "--input", "3,32,32", "--exits", "1")

        timm.create_model.assert_called_once_with("resnet18", pretrained=False, num_classes=2, in_chans=3)
        self.assertEqual((bundle.manifest["name"], bundle.manifest["provenance"]["backbone"]), ("resnet18", "timm:resnet18"))

    def test_no_network_that_the_library_lacks_and_no_library_that_python_lacks(self):
        refused = ("export", "--labels", "a,b", "--out", self.out)
        self.assert_refused("has no network resnet19", *refused, "--backbone", "torchvision:resnet19")
        with mock.patch.dict(sys.modules, {"timm": None}):
            self.assert_refused("this Python has no timm", *refused, "--backbone", "timm:resnet18")


class ShouldRefuse(ExporterCase):
    def refuse(self, message, *arguments):
        self.assert_refused(message, "export", "--out", self.out, *arguments)

    def test_a_depth_that_is_not_6n_plus_2(self):
        self.refuse("resnet21: depth must be 6n+2", "--backbone", "resnet21")

    def test_an_unknown_backbone(self):
        self.refuse("expected resnetN, vggN or densenetN", "--backbone", "transformer")
        self.refuse("expected resnetN, vggN or densenetN", "--backbone", "inception3")
        self.refuse("vgg12: depth must be one of 11, 13, 16, 19", "--backbone", "vgg12")
        self.refuse("densenet41: depth must be 121, or 6n+4", "--backbone", "densenet41")

    def test_a_user_hook_that_is_missing(self):
        self.refuse("there is no file nowhere.py", "--backbone", "nowhere.py:net")
        self.refuse("has no function huge", "--backbone", TINY.replace(":tiny", ":huge"))

    def test_exits_out_of_order_or_out_of_range(self):
        self.refuse("expected ascending block counts", "--backbone", "resnet20", "--exits-after", "5,3")
        self.refuse("expected ascending block counts", "--backbone", "resnet20", "--exits-after", "3,3")
        self.refuse("must be in 1..9", "--backbone", "resnet20", "--exits-after", "3,10")
        self.refuse("must be in 1..9", "--backbone", "resnet20", "--exits-after", "0,3")

    def test_weights_that_are_missing_or_no_weights(self):
        garbage = os.path.join(self.folder, "garbage.th")
        with open(garbage, "w", encoding="utf-8") as file:
            file.write("no weights")

        self.refuse("no such file", "--backbone", "resnet20", "--weights", "nowhere.th")
        self.refuse("not a file that torch.save wrote", "--backbone", "resnet20", "--weights", garbage)

    def test_weights_of_another_network(self):
        other = os.path.join(self.folder, "other.th")
        backbone, _ = exporter.make_backbone("resnet14", 10, 3)
        torch.save(backbone.state_dict(), other)
        tensor = os.path.join(self.folder, "tensor.th")
        torch.save(torch.zeros(3), tensor)

        self.refuse("expected a state dict", "--backbone", "resnet20", "--weights", tensor)
        self.refuse("does not fit the backbone", "--backbone", "resnet8", "--exits-after", "1", "--weights", other)

    @unittest.skipUnless(os.path.isfile(RESNET20) and os.path.isfile(RESNET56), "no published weights in EXITFLOW_DATA")
    def test_published_weights_of_another_depth_or_other_labels(self):
        self.refuse("does not fit the backbone", "--backbone", "resnet20", "--weights", RESNET56)
        self.refuse("missing ['layer1_3.conv1.weight'", "--backbone", "resnet56", "--weights", RESNET20)
        self.refuse("classifier.linear.weight (10, 64) for (2, 64)", "--backbone", "resnet20", "--weights", RESNET20,
                    "--labels", "cat,dog")

    def test_an_out_folder_that_is_not_empty(self):
        os.makedirs(self.out)
        with open(os.path.join(self.out, "precious"), "w", encoding="utf-8") as file:
            file.write("keep me")

        self.refuse("the directory is not empty", "--backbone", "resnet20")
        self.assertEqual(os.listdir(self.out), ["precious"])

    def test_an_out_that_is_a_file(self):
        with open(self.out, "w", encoding="utf-8") as file:
            file.write("keep me")

        self.refuse("not a directory", "--backbone", "resnet20")

    def test_labels_that_the_backbone_does_not_end_in(self):
        self.refuse("ends in shape (1, 4), expected (1, 3)", "--backbone", TINY, "--exits-after", "1,2", "--labels", "a,b,c",
                    "--input", "3,8,8")

    def test_preprocessing_that_says_too_little_or_does_not_fit(self):
        tiny = ("--backbone", TINY, "--exits-after", "1,2", "--labels", "a,b,c,d")
        self.refuse("--crop needs --resize", *tiny, "--crop", "8")
        self.refuse("--interpolation needs --resize", *tiny, "--interpolation", "bicubic")
        self.refuse("--resize 7: images of 8x8 (height x width) cannot be cut from that", *tiny, "--resize", "7", "--crop", "8")
        self.refuse("expected the shorter side", *tiny, "--resize", "1,2,3")
        self.refuse("expected --letterbox with R,G,B from 0 to 255", *tiny, "--resize", "10", "--crop", "8", "--fill", "1,2,256",
                    "--letterbox")
        self.refuse("leave --input out", *tiny, "--resize", "10", "--crop", "8", "--input", "3,8,8")

    def test_what_java_would_refuse(self):
        self.refuse("--labels", "--backbone", "resnet20", "--labels", "cat")
        self.refuse("--model-version", "--backbone", "resnet20", "--model-version", " ")
        self.refuse("--name a/b", "--backbone", "resnet20", "--name", "a/b")
        self.refuse("--input", "--backbone", "resnet20", "--input", "1,28,28")
        self.refuse("--mean", "--backbone", "resnet20", "--mean", "0.5")
        self.refuse("--std", "--backbone", "resnet20", "--std", "1,0,1")


class ShouldFreeze(ExporterCase):
    def settle(self):
        """An untrained bundle with batch norms that are not the identity, so that folding them shows."""
        bundle = self.export("--backbone", "resnet8", "--exits-after", "1,2")
        torch.manual_seed(3)
        for part, module in zip(bundle.manifest["stages"] + bundle.manifest["exits"], bundle.stages + bundle.exits):
            for name, buffer in module.named_buffers():
                if name.endswith("running_mean"):
                    buffer.normal_(0, 0.1)
                elif name.endswith("running_var"):
                    buffer.uniform_(0.5, 1.5)
            module.save(os.path.join(self.out, part["file"]))
        modules = {part["file"]: bundle.load(part) for part in bundle.manifest["stages"] + bundle.manifest["exits"]}
        bundle.manifest["selfTest"] = exporter.self_test(bundle.manifest, modules)
        exporter.write_manifest(self.out, bundle.manifest)
        return Bundle(self.out)

    def test_nothing_when_the_modules_answer_otherwise_than_the_manifest_says(self):
        bundle = self.settle()
        bundle.manifest["selfTest"]["features"][1]["sums"][2] += 3 * bundle.manifest["selfTest"]["features"][1]["norm"]
        exporter.write_manifest(self.out, bundle.manifest)

        self.assert_refused("torch does not compute here what it should", "freeze", "--bundle", self.out)

    def test_without_becoming_the_reference_itself(self):
        before = self.settle().manifest["selfTest"]

        run("freeze", "--bundle", self.out)

        self.assertEqual(Bundle(self.out).manifest["selfTest"], before)

    def test_with_the_answers_that_the_frozen_modules_give(self):
        self.settle()

        run("freeze", "--bundle", self.out)

        frozen = Bundle(self.out)
        answers = frozen.answers(exporter.probe_input([3, 32, 32]))
        for expected, (probabilities, _) in zip(frozen.manifest["selfTest"]["exits"], answers[:2]):
            self.assertLess((torch.tensor(expected["probabilities"]) - probabilities[0]).abs().max().item(), 1e-6)

    def test_without_changing_what_is_answered(self):
        before = self.settle()
        pixels = torch.randn(4, 3, 32, 32)
        expected = before.answers(pixels)

        code, stderr = run("freeze", "--bundle", self.out)

        after = Bundle(self.out)
        answers = after.answers(pixels)
        self.assertEqual(code, 0, stderr)
        self.assertTrue(all(part["frozen"] for part in after.manifest["stages"] + after.manifest["exits"]))
        self.assertFalse(any(True for module in after.stages + after.exits for _ in module.parameters()))
        self.assertLess((answers[2] - expected[2]).abs().max().item(), 1e-5)
        for exit_ in (0, 1):
            for actual, wanted in zip(answers[exit_], expected[exit_]):
                self.assertLess((actual - wanted).abs().max().item(), 1e-5)
        self.assertEqual([part["sha256"] for part in after.manifest["stages"]],
                         [sha256(os.path.join(self.out, part["file"])) for part in after.manifest["stages"]])

    def test_only_the_parts_asked_for_and_nothing_twice(self):
        self.settle()

        run("freeze", "--bundle", self.out, "--parts", "stages")
        stages_only = Bundle(self.out).manifest
        code, stderr = run("freeze", "--bundle", self.out, "--parts", "stages")

        self.assertEqual([part["frozen"] for part in stages_only["stages"]], [True] * 3)
        self.assertEqual([part["frozen"] for part in stages_only["exits"]], [False] * 2)
        self.assertEqual(code, 0)
        self.assertIn("nothing, all were frozen", stderr)

    def test_no_bundle_that_is_missing_or_damaged(self):
        self.assert_refused("no manifest.json there", "freeze", "--bundle", self.out)
        self.settle()
        with open(os.path.join(self.out, "stage-1.pt"), "ab") as file:
            file.write(b"x")

        self.assert_refused("stage-1.pt: missing, or not what the manifest lists", "freeze", "--bundle", self.out)


class ShouldJoin(ExporterCase):
    """The backbone in one piece."""

    def setUp(self):
        super().setUp()
        self.torchscript = os.path.join(self.folder, "backbone.pt")
        self.onnx = os.path.join(self.folder, "backbone.onnx")

    def join(self, directory):
        return run("join", "--bundle", directory, "--torchscript", self.torchscript, "--onnx", self.onnx)

    def test_a_module_that_answers_as_the_stages_do_for_any_number_of_images(self):
        bundle = self.export("--backbone", "resnet8", "--exits-after", "1,2")

        code, stderr = self.join(bundle.directory)

        self.assertEqual(code, 0, stderr)
        joined = torch.jit.load(self.torchscript).eval()
        for count in (1, 2, 5):
            pixels = torch.randn(count, 3, 32, 32)
            with torch.no_grad():
                self.assertLess((joined(pixels) - bundle.answers(pixels)[-1]).abs().max().item(), 1e-5)
        self.assertGreater(os.path.getsize(self.onnx), 0)

    def test_no_bundle_that_is_damaged(self):
        bundle = self.export("--backbone", "resnet8", "--exits-after", "1,2")
        with open(os.path.join(bundle.directory, "stage-1.pt"), "ab") as file:
            file.write(b"x")

        self.assert_refused("stage-1.pt: missing, or not what the manifest lists",
                            "join", "--bundle", bundle.directory, "--torchscript", self.torchscript, "--onnx", self.onnx)


class ShouldPutTogether(ExporterCase):
    """Exits kept without their backbone, and the weights that they were trained for."""

    def setUp(self):
        super().setUp()
        self.weights = self.save_weights("weights.pt", seed=11)
        self.exits_only = os.path.join(self.folder, "trained")
        self.whole = self.train()
        self.strip(self.whole.directory, self.exits_only)
        self.out = os.path.join(self.folder, "together")
        self.command = ("export", "--backbone", "resnet8", "--out", self.out, "--exits")

    def save_weights(self, name, seed):
        torch.manual_seed(seed)
        path = os.path.join(self.folder, name)
        torch.save(exporter.make_backbone("resnet8", 10, 3)[0].state_dict(), path)
        return path

    def train(self):
        """A bundle whose exits have moved, with all that a calibration leaves in a manifest."""
        bundle = self.export("--backbone", "resnet8", "--weights", self.weights, "--exits-after", "1,2", "--name", "mine",
                             "--head", "conv,pooled-conv", "--labels", ",".join("abcdefghij"), "--mean", "0.5,0.5,0.5")
        for part, exit_ in zip(bundle.manifest["exits"], bundle.exits):
            with torch.no_grad():
                for parameter in exit_.parameters():
                    parameter.add_(0.1 * torch.randn_like(parameter))
            exit_.save(os.path.join(self.out, part["file"]))
        modules = {part["file"]: bundle.load(part) for part in bundle.manifest["stages"] + bundle.manifest["exits"]}
        bundle.manifest.update(
            defaultPolicy={"thresholds": [0.8, 0.9]}, operatingPoints={"balanced": {"thresholds": [0.8, 0.9]}},
            calibration={"dataset": "drawn", "images": 3, "curve": []}, selfTest=exporter.self_test(bundle.manifest, modules))
        bundle.manifest["provenance"]["steps"].append({"step": "train exits"})
        exporter.write_manifest(self.out, bundle.manifest)
        return Bundle(self.out)

    def strip(self, source, target):
        os.makedirs(target)
        for file in ("manifest.json", "exit-0.pt", "exit-1.pt"):
            shutil.copy(os.path.join(source, file), target)

    def edit(self, change):
        path = os.path.join(self.exits_only, "manifest.json")
        with open(path, encoding="utf-8") as file:
            manifest = json.load(file)
        change(manifest)
        with open(path, "w", encoding="utf-8") as file:
            json.dump(manifest, file)

    def test_a_bundle_that_answers_as_the_one_that_was_trained(self):
        code, stderr = run(*self.command, self.exits_only, "--weights", self.weights)

        self.assertEqual((code, len(stderr.splitlines())), (0, 1), stderr)
        self.assertIn("exits after blocks 1, 2", stderr)
        together = Bundle(self.out)
        pixels = torch.randn(4, 3, 32, 32)
        for answer, expected in zip(together.answers(pixels), self.whole.answers(pixels)):
            actual, wanted = (torch.cat(list(value), 1) if isinstance(value, tuple) else value for value in (answer, expected))
            self.assertLess((actual - wanted).abs().max().item(), 1e-6)

    def test_a_manifest_that_keeps_what_was_measured_and_done(self):
        run(*self.command, self.exits_only, "--weights", self.weights)

        before, after = self.whole.manifest, Bundle(self.out).manifest
        for key in ("name", "version", "input", "labels", "exits", "defaultPolicy", "operatingPoints", "calibration"):
            self.assertEqual(after[key], before[key], key)
        for part in after["stages"] + after["exits"]:
            self.assertEqual(part["sha256"], sha256(os.path.join(self.out, part["file"])))
        *earlier, joined = after["provenance"].pop("steps")
        self.assertEqual(earlier, before["provenance"].pop("steps"))
        self.assertEqual(after["provenance"], before["provenance"])
        self.assertEqual((joined["step"], joined["exits"]), ("put exits and backbone together", "trained"))
        self.assertEqual(joined["exitsManifestSha256"], sha256(os.path.join(self.exits_only, "manifest.json")))

    def test_with_a_first_network_in_front_where_asked_for(self):
        code, stderr = run(*self.command, self.exits_only, "--weights", self.weights, "--first", f"resnet8:{self.weights}")

        self.assertEqual(code, 0, stderr)
        together, images = Bundle(self.out), torch.randn(3, 3, 32, 32)
        self.assertEqual([exit_["afterBlock"] for exit_ in together.manifest["exits"]], [0, 1, 2])
        self.assertEqual(together.manifest["defaultPolicy"], {"thresholds": [1.0]})
        self.assertNotIn("calibration", together.manifest)
        before, after = self.whole.answers(images), together.answers(images)
        for (wanted, _), (got, _) in zip(before[:2], after[1:3]):
            self.assertLess((wanted - got).abs().max().item(), 1e-5)
        self.assertLess((after[0][0] - after[3]).abs().max().item(), 1e-5, "the first network is the backbone itself here")

    def test_only_the_last_time_when_put_together_again(self):
        self.edit(lambda manifest: manifest["provenance"]["steps"].append({"step": "put exits and backbone together", "exits": "once"}))

        run(*self.command, self.exits_only, "--weights", self.weights)

        steps = Bundle(self.out).manifest["provenance"]["steps"]
        self.assertEqual([step["exits"] for step in steps if step["step"] == "put exits and backbone together"], ["trained"])

    def test_exits_that_are_shipped_under_a_name(self):
        shipped = os.path.join(self.folder, "bundles")
        self.strip(self.whole.directory, os.path.join(shipped, "published-resnet8"))

        with mock.patch.dict(os.environ, EXITFLOW_BUNDLES=shipped):
            code, stderr = run(*self.command, "published-resnet8", "--weights", self.weights)
            _, unknown = run(*self.command[:3], "--out", self.out + "2", "--exits", "published-resnet", "--weights", self.weights)

        self.assertEqual(code, 0, stderr)
        self.assertIn("the name of shipped ones (published-resnet8)", unknown)

    def test_nothing_without_the_weights_that_the_exits_were_trained_for(self):
        other = self.save_weights("other.pt", seed=12)

        self.assert_refused(f"{sha256(self.weights)}; --weights {other} has {sha256(other)}", *self.command, self.exits_only,
                            "--weights", other)
        self.assert_refused("name that file with --weights", *self.command, self.exits_only)
        self.assert_refused("no such file", *self.command, self.exits_only, "--weights", "nowhere.pt")

    def test_nothing_when_the_backbone_was_not_exported_from_weights(self):
        self.edit(lambda manifest: manifest["provenance"].update(weightsSha256=None))

        self.assert_refused("was not exported from a file of weights", *self.command, self.exits_only, "--weights", self.weights)

    def test_nothing_when_the_backbone_is_another(self):
        self.edit(lambda manifest: manifest["stages"][1].update(flops=7))

        self.assert_refused("stage 1 of this backbone has flops", *self.command, self.exits_only, "--weights", self.weights)

    def test_nothing_when_the_stages_answer_otherwise(self):
        self.edit(lambda manifest: manifest["selfTest"]["exits"][2]["probabilities"].__setitem__(4, 0.9))

        self.assert_refused("these are not the stages that the exits were trained on", *self.command, self.exits_only,
                            "--weights", self.weights)

        self.edit(lambda manifest: manifest.pop("selfTest"))
        self.assert_refused("has no selfTest", *self.command, self.exits_only, "--weights", self.weights)

    def test_nothing_when_an_exit_is_damaged_or_missing(self):
        with open(os.path.join(self.exits_only, "exit-1.pt"), "ab") as file:
            file.write(b"x")
        self.assert_refused("exit-1.pt: missing, or not what the manifest lists", *self.command, self.exits_only,
                            "--weights", self.weights)

        os.remove(os.path.join(self.exits_only, "exit-0.pt"))
        self.assert_refused("exit-0.pt: missing", *self.command, self.exits_only, "--weights", self.weights)

    def test_nothing_when_the_manifest_leads_out_of_its_folder(self):
        self.edit(lambda manifest: manifest["exits"][0].update(file="../weights.pt"))

        self.assert_refused("expected a plain file name", *self.command, self.exits_only, "--weights", self.weights)

    def test_nothing_when_something_is_asked_of_exits_that_are_made_already(self):
        for option, value in (("--head", "pool"), ("--placement", "fine"), ("--labels", "a,b"), ("--name", "other")):
            self.assert_refused(f"{option}: trained exits bring their own", *self.command, self.exits_only,
                                "--weights", self.weights, option, value)


class ShouldPrune(ExporterCase):
    """A bundle without the exits that no operating point uses."""

    def setUp(self):
        super().setUp()
        self.whole = self.export(*TINY_OPTIONS[:2], "--exits-after", "1,2,3", *TINY_OPTIONS[4:])
        self.pruned = os.path.join(self.folder, "pruned")

    def calibrate(self, *thresholds):
        points = [{"thresholds": list(t), "exitShares": [0.1, 0.2, 0.3, 0.4]} for t in thresholds]
        self.whole.manifest.update(
            defaultPolicy={"thresholds": list(thresholds[0])},
            operatingPoints={f"p{index}": {"thresholds": list(t)} for index, t in enumerate(thresholds[:2])},
            calibration={"dataset": "drawn", "images": 3, "curve": [{"thresholds": [0.5], "exitShares": [0, 0, 0, 1]},
                                                                      {"thresholds": [1.0], "exitShares": [0, 0, 0, 1]}],
                         "frontier": points})
        exporter.write_manifest(self.out, self.whole.manifest)

    def test_the_exits_that_no_operating_point_uses(self):
        self.calibrate([0.5, 1.0, 0.6], [0.7, 1.0, 1.0], [0.7, 0.8, 1.0])

        code, stderr = run("prune", "--bundle", self.out, "--out", self.pruned)

        self.assertEqual((code, "1 of 3 exits left out" in stderr), (0, True), stderr)
        pruned, images = Bundle(self.pruned), torch.randn(4, 3, 8, 8)
        self.assertEqual([exit_["afterBlock"] for exit_ in pruned.manifest["exits"]], [1, 3])
        self.assertEqual(pruned.flops(), self.whole.flops())
        before, after = self.whole.answers(images), pruned.answers(images)
        for wanted, got in ((before[0][0], after[0][0]), (before[2][0], after[1][0]), (before[3], after[2])):
            self.assertLess((wanted - got).abs().max().item(), 1e-5)
        self.assertEqual(pruned.manifest["operatingPoints"], {"p0": {"thresholds": [0.5, 0.6]}, "p1": {"thresholds": [0.7, 1.0]}})
        self.assertEqual(pruned.manifest["calibration"]["frontier"],
                         [{"thresholds": [0.5, 0.6], "exitShares": [0.1, 0.3, 0.4]}, {"thresholds": [0.7, 1.0], "exitShares": [0.1, 0.3, 0.4]}])
        self.assertEqual([point["thresholds"] for point in pruned.manifest["calibration"]["curve"]], [[1.0]])

    def test_nothing_where_no_exit_is_used_or_the_folder_is_not_empty(self):
        self.assert_refused("no operating point uses any exit", "prune", "--bundle", self.out, "--out", self.pruned)
        self.assert_refused("not empty", "prune", "--bundle", self.out, "--out", self.out)


class ShouldExitWithUsageError(unittest.TestCase):
    def test_in_one_line_when_an_option_is_wrong(self):
        for option, value, message in (("--exits-after", "three", "invalid integers value: 'three'"),
                                       ("--placement", "nowhere", "invalid choice: 'nowhere'")):
            with contextlib.redirect_stderr(io.StringIO()) as stderr, self.assertRaises(SystemExit) as exit_:
                exporter.main(["export", "--backbone", "resnet20", "--out", "x", option, value])

            self.assertEqual(exit_.exception.code, 2)
            self.assertEqual(len(stderr.getvalue().splitlines()), 1)
            self.assertIn(message, stderr.getvalue())


if __name__ == "__main__":
    unittest.main()

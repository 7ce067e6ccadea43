"""Tests of the exporter; run with a Python that has torch: python3 -m unittest discover core/src/test/python"""
import contextlib
import hashlib
import importlib.util
import io
import json
import os
import tempfile
import unittest

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
        bundle = self.export("--backbone", "resnet20", "--exits-after", "3,5,7", "--head-channels", "24")

        def macs(channels_in):  # 8x8 maps, then 4x4, then 48 means and 48 maxima into 10 classes and a confidence
            return 9 * channels_in * 24 * 64 + 9 * 24 * 48 * 16 + 96 * 10 + (96 + 10)

        self.assertEqual([exit_["flops"] for exit_ in bundle.manifest["exits"]], [2 * macs(16), 2 * macs(32), 2 * macs(64)])
        weights = 9 * 16 * 24 + 2 * 24 + 9 * 24 * 48 + 2 * 48 + (96 * 10 + 10) + (106 + 1)
        self.assertEqual(bundle.manifest["exits"][0]["parameters"], weights)

    def test_a_linear_layer_once_for_every_position(self):
        flops, _ = exporter.count_flops(torch.nn.Linear(3, 5), torch.zeros(1, 7, 3))

        self.assertEqual(flops, 2 * 7 * 3 * 5)


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

    def test_nothing_when_the_function_raises(self):
        path = self.module("def net():\n    raise ValueError('no such thing')\n")

        self.assert_refused("ValueError: no such thing", "export", "--backbone", path + ":net", "--out", self.out)

    def test_nothing_when_it_is_not_a_sequential(self):
        path = self.module("def net():\n    return nn.Linear(3, 4)\n")

        self.assert_refused("expected an nn.Sequential", "export", "--backbone", path + ":net", "--out", self.out)

    def test_nothing_when_an_exit_would_follow_a_vector(self):
        path = self.module("def net():\n    return nn.Sequential(nn.Flatten(), nn.Linear(192, 8), nn.Linear(8, 10))\n")

        self.assert_refused("needs a map", "export", "--backbone", path + ":net", "--out", self.out,
                            "--exits-after", "1", "--input", "3,8,8")

    def test_nothing_when_a_block_does_not_fit_the_image(self):
        path = self.module("def net():\n    return nn.Sequential(nn.Conv2d(5, 8, 3), nn.Flatten())\n")

        self.assert_refused("stage 0 fails on an input of shape (1, 3, 32, 32)", "export", "--backbone", path + ":net",
                            "--out", self.out, "--exits-after", "1")

    def test_nothing_when_torchscript_refuses(self):
        path = self.module(
            "class Odd(nn.Module):\n"
            "    def forward(self, x):\n"
            "        return x * len({y for y in globals()})\n"
            "def net():\n"
            "    return nn.Sequential(Odd(), nn.Sequential(nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(3, 10)))\n")

        self.assert_refused("stage-0.pt cannot be turned into TorchScript", "export", "--backbone", path + ":net",
                            "--out", self.out, "--exits-after", "1")


class ShouldRefuse(ExporterCase):
    def refuse(self, message, *arguments):
        self.assert_refused(message, "export", "--out", self.out, *arguments)

    def test_a_depth_that_is_not_6n_plus_2(self):
        self.refuse("resnet21: depth must be 6n+2", "--backbone", "resnet21")

    def test_an_unknown_backbone(self):
        self.refuse("expected resnetN", "--backbone", "transformer")

    def test_a_user_hook_that_is_missing(self):
        self.refuse("is not a Python file", "--backbone", "nowhere.py:net")
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
        exporter.write_manifest(self.out, bundle.manifest)
        return Bundle(self.out)

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


class ShouldExitWithUsageError(unittest.TestCase):
    def test_when_an_option_is_no_number(self):
        with contextlib.redirect_stderr(io.StringIO()), self.assertRaises(SystemExit) as exit_:
            exporter.main(["export", "--backbone", "resnet20", "--out", "x", "--exits-after", "three"])

        self.assertEqual(exit_.exception.code, 2)


if __name__ == "__main__":
    unittest.main()

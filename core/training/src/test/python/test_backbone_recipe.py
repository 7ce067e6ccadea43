"""Runs the listing with which the bundles' README trains a backbone; needs a Python that has torch and numpy."""
import os
import re
import subprocess
import sys
import tempfile
import unittest

try:
    import numpy
    import torch  # noqa: F401, the listing's
except ImportError:
    raise unittest.SkipTest("this Python has no torch or no numpy")

HERE = os.path.dirname(os.path.abspath(__file__))
EXPORTER = os.path.join(HERE, "..", "..", "main", "python")
README = os.path.join(HERE, "..", "..", "..", "..", "engine", "src", "main", "bundles", "README.md")


class BackboneRecipeTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = folder.name
        with open(README, encoding="utf-8") as file:
            self.listing = os.path.join(self.folder, "train_backbone.py")
            with open(self.listing, "w", encoding="utf-8") as script:
                script.write(re.search(r"```python\n(.*?)```", file.read(), re.DOTALL).group(1))
        random = numpy.random.default_rng(1)
        for part in range(1, 6):  # class 0 is dark, class 1 is bright
            records = random.integers(0, 100, (112, 3073)).astype(numpy.uint8)
            records[:, 0] = random.integers(0, 2, 112)
            records[:, 1:] += 150 * records[:, :1]
            records.tofile(os.path.join(self.folder, f"data_batch_{part}.bin"))

    def python(self, *arguments):
        environment = dict(os.environ, PYTHONPATH=EXPORTER, CUDA_VISIBLE_DEVICES="")
        done = subprocess.run([sys.executable, *arguments], env=environment, cwd=self.folder, capture_output=True, text=True)
        self.assertEqual(0, done.returncode, done.stderr)
        return done.stdout

    def test_learns_and_leaves_weights_that_the_exporter_takes(self):
        progress = self.python(self.listing, "resnet8", ".", "8", "48", "weights.pt")

        lines = progress.splitlines()
        self.assertEqual(8, len(lines))
        self.assertGreaterEqual(max(float(re.search(r"accuracy (\d\.\d+)", line).group(1)) for line in lines), 0.9, progress)
        self.python(os.path.join(EXPORTER, "exitflow_export.py"), "export", "--backbone", "resnet8", "--weights", "weights.pt",
                    "--exits", "1", "--out", "bundle")
        self.assertTrue(os.path.isfile(os.path.join(self.folder, "bundle", "manifest.json")))


if __name__ == "__main__":
    unittest.main()

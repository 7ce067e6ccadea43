"""Runs the tests beside this file and prints one line for each: its name, how it ended, and why, separated by tabs."""
import contextlib
import os
import sys
import unittest


class Lines(unittest.TestResult):
    """Writes each test to a stream as the test ends; a reason becomes one line."""

    def __init__(self, stream):
        super().__init__()
        self.stream = stream

    def line(self, test, outcome, reason=""):
        print(test.id(), outcome, " | ".join(reason.split("\n")), sep="\t", file=self.stream, flush=True)

    def addSuccess(self, test):
        super().addSuccess(test)
        self.line(test, "passed")

    def addSkip(self, test, reason):
        super().addSkip(test, reason)
        self.line(test, "skipped", reason)

    def addFailure(self, test, err):
        super().addFailure(test, err)
        self.line(test, "failed", self._exc_info_to_string(err, test))

    def addError(self, test, err):
        super().addError(test, err)
        self.line(test, "failed", self._exc_info_to_string(err, test))

    def addSubTest(self, test, subtest, err):
        super().addSubTest(test, subtest, err)
        if err is not None:
            self.line(subtest, "failed", self._exc_info_to_string(err, test))


result = Lines(sys.stdout)
with contextlib.redirect_stdout(sys.stderr):  # what a test prints is no result
    unittest.defaultTestLoader.discover(os.path.dirname(os.path.abspath(__file__))).run(result)

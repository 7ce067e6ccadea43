package dev.exitflow.ops.cli;

import dev.exitflow.core.bundle.BundleCheck;
import dev.exitflow.core.bundle.ModelBundle;
import dev.exitflow.core.bundle.PyTorchRuntime;
import dev.exitflow.core.calibration.ExitTracer;
import dev.exitflow.core.calibration.ExitTraces;
import dev.exitflow.core.dataset.ImageSet;
import java.io.PrintWriter;

/** Traces a bundle's answers to a set of images on all cores, and shows how far it is. */
final class Tracing {

    private Tracing() {}

    /** @param err where progress is shown */
    static ExitTraces trace(ModelBundle bundle, ImageSet images, PrintWriter err) {
        BundleCheck.require(bundle);
        PyTorchRuntime.useIntraOpThreads(Runtime.getRuntime().availableProcessors());
        try (Progress progress = new Progress("tracing", images.size(), err);
                ExitTracer tracer = new ExitTracer(bundle)) {
            return tracer.trace(images, progress);
        }
    }
}

package dev.exitflow.core.bundle;

import ai.djl.util.Utils;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sees to it, before the first image, that PyTorch computes on this machine what a bundle's modules mean.
 *
 * <p>Where the processor hides its caches, or a few 1x1 convolutions are wrong, the bundle's modules run in a process of their own first,
 * since oneDNN may end it. Where they are wrong there, oneDNN is held here, and one line says so.
 * Then the bundle must answer its self-test. Verdicts are kept for the next start. Safe for use by several threads.
 */
public final class BundleCheck {

    private static final Logger LOG = LoggerFactory.getLogger(BundleCheck.class);

    /** Beside the natives that DJL unpacks. */
    static final Path KEPT = Utils.getEngineCacheDir("pytorch");

    private static final Set<String> PASSED = new HashSet<>();

    /** What 1x1 convolutions do in this process; null while not known. */
    private static Boolean pointwiseRight;

    private BundleCheck() {}

    /**
     * Checks a bundle once in this process, unless it passed in an earlier one and nothing has changed since. Call it before anything
     * else loads PyTorch: some remedies come too late then.
     *
     * @throws InvalidBundleException naming the module that does not compute what it should, or that fails
     */
    public static synchronized void require(ModelBundle bundle) {
        String key = bundle.directory() + " " + bundle.digest();
        if (PASSED.contains(key)) {
            return;
        }
        KeptVerdict passed = KeptVerdict.of(KEPT, "passed", bundle);
        if (!OneDnn.isHeld() && passed.read().isPresent()) {
            PASSED.add(key);
            return;
        }
        try {
            if (isSuspect()) {
                holdIfWrong(bundle);
            }
            selfTest(bundle);
            if (!OneDnn.isHeld()) {
                passed.write(bundle.name());
            }
        } catch (InvalidBundleException e) {
            throw new InvalidBundleException("model " + bundle.name() + " in " + e.getMessage(), e);
        }
        PASSED.add(key);
    }

    private static boolean isSuspect() {
        if (OneDnn.isHeld()) {
            return false;
        }
        if (ProcessorCaches.OF_THIS_MACHINE.hidden()) {
            return true;
        }
        if (pointwiseRight == null) {
            Optional<String> fault = PointwiseProbe.fault();
            fault.ifPresent(what -> LOG.debug("oneDNN is not to be trusted here: {}", what));
            pointwiseRight = fault.isEmpty();
        }
        return !pointwiseRight;
    }

    private static void holdIfWrong(ModelBundle bundle) {
        OneDnnVerdict.of(bundle).fault().ifPresent(what -> {
            String done = OneDnn.hold();
            LOG.warn(
                    "oneDNN computes wrongly on this processor ({}), so for model {} {}, which is slower and right",
                    what,
                    bundle.name(),
                    done);
        });
    }

    /** A bundle without a self-test has nothing to be held to; its modules must at least run. */
    private static void selfTest(ModelBundle bundle) {
        if (bundle.manifest().selfTest() == null) {
            BundleSelfTest.answers(bundle.directory(), bundle.manifest());
            return;
        }
        try {
            BundleSelfTest.verify(bundle);
        } catch (InvalidBundleException wrong) {
            if (OneDnn.isHeld() || OneDnnVerdict.of(bundle).fault().isEmpty()) {
                throw wrong;
            }
            holdIfWrong(bundle);
            BundleSelfTest.verify(bundle);
        }
    }
}

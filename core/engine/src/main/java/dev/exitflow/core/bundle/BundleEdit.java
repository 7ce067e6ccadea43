package dev.exitflow.core.bundle;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import dev.exitflow.core.Sha256;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.IntStream;

/**
 * A change to a bundle's directory: new modules, a calibration, and a step of provenance that says who did what.
 *
 * <p>The manifest is written last and in one step: a crash in between leaves digests that do not match, which the loader names.
 */
public final class BundleEdit {

    private static final ObjectMapper JSON = new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);

    private final Path directory;
    private final Instant now;
    private final Set<String> replaced = new HashSet<>();
    private Manifest manifest;

    /**
     * Starts from a bundle that was loaded from a directory.
     *
     * @throws InvalidBundleException if it does not answer its self-test here: a machine that computes wrongly must not become the
     *     reference for others
     */
    public BundleEdit(ModelBundle bundle, Instant now) {
        BundleCheck.require(bundle);
        this.directory = bundle.directory();
        this.manifest = bundle.manifest();
        this.now = now;
    }

    /** Copies a module over the bundle's file of that name. */
    public BundleEdit replaceModule(String name, Path source) {
        Path temporary = directory.resolve(name + ".tmp");
        try {
            Files.copy(source, temporary, StandardCopyOption.REPLACE_EXISTING);
            Files.move(temporary, directory.resolve(name), StandardCopyOption.REPLACE_EXISTING);
            replaced.add(name);
        } catch (IOException e) {
            throw new InvalidBundleException("cannot replace " + directory.resolve(name), e);
        }
        return this;
    }

    /** Says how each exit's confidence is read from now on. */
    public BundleEdit scale(List<ConfidenceScale> scales) {
        manifest = manifest.withScales(scales);
        return this;
    }

    /** Records a calibration and what follows from it. */
    public BundleEdit calibrate(
            Manifest.Calibration calibration,
            Manifest.Thresholds defaultPolicy,
            Map<String, Manifest.NamedPolicy> operatingPoints) {
        manifest = manifest.withCalibration(calibration, defaultPolicy, operatingPoints);
        return this;
    }

    /** Sets a fact of the provenance. */
    public BundleEdit fact(String key, Object value) {
        Map<String, Object> provenance = provenance();
        provenance.put(key, value);
        manifest = manifest.withProvenance(provenance);
        return this;
    }

    /** Adds a step to the provenance, with the time. */
    public BundleEdit step(Map<String, Object> step) {
        return provenance(step, earlier -> true);
    }

    /** The same with a step that leaves nothing of what an earlier one of its name did. */
    public BundleEdit stepAfresh(Map<String, Object> step) {
        return provenance(
                step,
                earlier ->
                        !(earlier instanceof Map<?, ?> done && step.get("step").equals(done.get("step"))));
    }

    private BundleEdit provenance(Map<String, Object> step, Predicate<Object> stays) {
        Map<String, Object> provenance = provenance();
        List<Object> steps = new ArrayList<>();
        if (provenance.get("steps") instanceof List<?> earlier) {
            earlier.stream().filter(stays).forEach(steps::add);
        }
        Map<String, Object> timed = new LinkedHashMap<>(step);
        timed.put("at", now.toString());
        steps.add(timed);
        provenance.put("steps", steps);
        manifest = manifest.withProvenance(provenance);
        return this;
    }

    /**
     * Digests every module, writes the manifest, and loads the result. What the modules that stayed answer to the self-test is left as
     * their exporter wrote it; what others answer is computed here.
     */
    public ModelBundle write() {
        List<Manifest.Stage> stages = manifest.stages().stream()
                .map(stage -> stage.withDigest(Sha256.of(directory.resolve(stage.file()))))
                .toList();
        List<Manifest.Exit> exits = manifest.exits().stream()
                .map(exit -> exit.withDigest(Sha256.of(directory.resolve(exit.file()))))
                .toList();
        manifest = manifest.withModules(stages, exits, selfTest());
        Path temporary = directory.resolve(BundleLoader.MANIFEST + ".tmp");
        try {
            Files.writeString(temporary, JSON.writeValueAsString(manifest) + "\n");
            Files.move(
                    temporary,
                    directory.resolve(BundleLoader.MANIFEST),
                    StandardCopyOption.REPLACE_EXISTING,
                    StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            throw new InvalidBundleException("cannot write the manifest of " + directory, e);
        }
        return BundleLoader.load(directory);
    }

    private Manifest.SelfTest selfTest() {
        Manifest.SelfTest before = manifest.selfTest();
        Manifest.SelfTest here = BundleSelfTest.answers(directory, manifest);
        if (before == null || before.exits().size() != here.exits().size()) {
            return here;
        }
        int stages = manifest.stages().size();
        int sameStages = IntStream.range(0, stages)
                .filter(stage -> replaced.contains(manifest.stages().get(stage).file()))
                .findFirst()
                .orElse(stages);
        List<Manifest.Answer> answers = IntStream.range(0, stages)
                .mapToObj(index -> (index < sameStages && hasSameHead(index) ? before : here)
                        .exits()
                        .get(index))
                .toList();
        List<FeatureSketch> features = IntStream.range(0, stages - 1)
                .mapToObj(index -> (index < sameStages && before.hasFeatures() ? before : here)
                        .features()
                        .get(index))
                .toList();
        return new Manifest.SelfTest(answers, features);
    }

    private boolean hasSameHead(int index) {
        return index == manifest.exits().size()
                || !replaced.contains(manifest.exits().get(index).file());
    }

    private Map<String, Object> provenance() {
        return manifest.provenance() == null ? new LinkedHashMap<>() : new LinkedHashMap<>(manifest.provenance());
    }
}

package dev.exitflow.ops;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** Runs the launcher in a small checkout, with a build and a JVM that only write down how they were called. */
@DisabledOnOs(value = OS.WINDOWS, disabledReason = "the launcher is a POSIX shell script")
@Timeout(60)
class LauncherTest {

    private static final Instant LONG_AGO = Instant.parse("2020-01-01T00:00:00Z");

    @TempDir
    Path directory;

    private Path checkout;
    private Path jdk;

    @BeforeEach
    void makeCheckout() throws IOException {
        checkout = Files.createDirectories(directory.resolve("check out"));
        String launcher = Files.readString(Path.of(System.getProperty("user.dir"), "..", "..", "exitflow"));
        for (String systemPlace : List.of("/usr/lib/jvm", "/Library/Java/JavaVirtualMachines", "/opt/homebrew/opt")) {
            launcher = launcher.replace(systemPlace, directory.resolve("jvms").toString());
        }
        Files.writeString(checkout.resolve("exitflow"), launcher);
        makeExecutable(checkout.resolve("exitflow"));
        script(
                checkout.resolve("mvnw"),
                "echo built \"$@\" >> builds.txt",
                "mkdir -p ops/cli/target/exitflow/lib",
                "echo jar > ops/cli/target/exitflow/lib/exitflow-cli.jar");
        source("pom.xml");
        source("ops/cli/pom.xml");
        source("ops/cli/src/main/java/A.java");
        jdk = jdk("jdk-17", "17.0.15");
    }

    @Test
    void shouldBuildOnceWhenCalledTwice() throws Exception {
        Run first = launch("topics", "describe");
        Run second = launch("topics", "describe");

        assertThat(first.err()).contains("building from source");
        assertThat(second.err()).isEmpty();
        assertThat(second.out()).contains("topics", "describe");
        assertThat(builds()).hasSize(1).first().asString().contains("-DskipTests package");
    }

    @Test
    void shouldBuildAgainWhenSourceChanges() throws Exception {
        launch();
        Files.setLastModifiedTime(
                checkout.resolve("ops/cli/src/main/java/A.java"),
                FileTime.from(Instant.now().plusSeconds(5)));

        launch();

        assertThat(builds()).hasSize(2);
    }

    @Test
    void shouldBuildAgainWhenBuildWasCutShort() throws Exception {
        launch();
        Files.delete(checkout.resolve("ops/cli/target/exitflow/lib/exitflow-cli.jar"));

        launch();

        assertThat(builds()).hasSize(2);
    }

    @Test
    void shouldBuildOnlyOnceWhenTwoStartTogether() throws Exception {
        script(
                checkout.resolve("mvnw"),
                "echo built >> builds.txt",
                "until [ -e go ]; do sleep 0.1; done",
                "mkdir -p ops/cli/target/exitflow/lib",
                "echo jar > ops/cli/target/exitflow/lib/exitflow-cli.jar");
        Process first = start(checkout.resolve("exitflow"), "one");
        Process second = start(checkout.resolve("exitflow"), "two");

        Files.writeString(checkout.resolve("go"), "");

        assertThat(Run.of(first).out()).contains("one");
        assertThat(Run.of(second).out()).contains("two");
        assertThat(builds()).hasSize(1);
        assertThat(checkout.resolve("ops/cli/target/.building")).doesNotExist();
    }

    @Test
    void shouldTakeOverWhenBuildingLauncherDied() throws Exception {
        Process dead = new ProcessBuilder("true").start();
        dead.waitFor();
        Path lock = Files.createDirectories(checkout.resolve("ops/cli/target/.building"));
        Files.writeString(lock.resolve("pid"), dead.pid() + "\n");

        Run run = launch("go");

        assertThat(run.status()).isZero();
        assertThat(builds()).hasSize(1);
        assertThat(lock).doesNotExist();
    }

    @Test
    void shouldFailWhenBuildFails() throws Exception {
        script(checkout.resolve("mvnw"), "echo 'cannot find symbol'; exit 1");

        Run run = launch("go");

        assertThat(run.status()).isEqualTo(1);
        assertThat(run.out()).isEmpty();
        assertThat(run.err()).contains("cannot find symbol", "exitflow: the build failed");
        assertThat(checkout.resolve("ops/cli/target/.building")).doesNotExist();
    }

    @Test
    void shouldFindItsCheckoutWhenCalledThroughLinks() throws Exception {
        Path there = Files.createDirectories(directory.resolve("bin"));
        Path relative = Files.createSymbolicLink(there.resolve("relative"), Path.of("../check out/exitflow"));
        Path chained = Files.createSymbolicLink(directory.resolve("chained"), relative);

        Run run = Run.of(start(chained, "a b", "*"));

        assertThat(run.status()).isZero();
        assertThat(run.out()).contains("<a b>", "<*>", "exitflow-cli.jar>");
    }

    @Test
    void shouldPassOptionsAndStatusWhenJvmRuns() throws Exception {
        script(jdk.resolve("bin/java"), "for a in \"$@\"; do echo \"<$a>\"; done", "exit 7");

        Run run = launch("x");

        assertThat(run.status()).isEqualTo(7);
        assertThat(run.out())
                .contains("<-Dai.djl.offline=true>", "<-Dexitflow.terminal=false>")
                .contains("<-Dexitflow.home=" + checkout.toRealPath().resolve("ops/cli/target/exitflow") + ">")
                .containsSubsequence("<-Xmx1g>", "<-ea>", "<-jar>");
    }

    @Test
    void shouldStartFromSharedClassesWhenTheBuildCouldMakeThem() throws Exception {
        script(
                jdk.resolve("bin/java"),
                "for a in \"$@\"; do",
                "    case $a in -XX:ArchiveClassesAtExit=*) echo archive > \"${a#*=}\"; exit ;; esac",
                "    echo \"<$a>\"",
                "done");

        Run first = launch("x");
        Run second = launch("y");

        String shared =
                "<-XX:SharedArchiveFile=" + checkout.toRealPath().resolve("ops/cli/target/exitflow/classes.jsa>");
        assertThat(first.out()).containsSubsequence(shared, "<-jar>", "<x>");
        assertThat(second.out()).containsSubsequence(shared, "<-jar>", "<y>");
        assertThat(second.err()).isEmpty();
    }

    @Test
    void shouldStartWithoutSharedClassesWhenTheyCannotBeMade() throws Exception {
        script(
                jdk.resolve("bin/java"),
                "for a in \"$@\"; do",
                "    case $a in -XX:ArchiveClassesAtExit=*) echo half > \"${a#*=}\"; exit 1 ;; esac",
                "    echo \"<$a>\"",
                "done");

        assertThat(launch("x").out()).contains("<x>").doesNotContain("SharedArchiveFile");
    }

    @Test
    void shouldSayWhatToInstallWhenEveryJdkIsTooOld() throws Exception {
        jdk = jdk("jdk-11", "11.0.2");

        Run run = launch("x");

        assertThat(run.status()).isEqualTo(1);
        assertThat(run.err().lines())
                .singleElement()
                .asString()
                .contains("version 17 or newer", jdk + " (version 11)", "JAVA_HOME");
        assertThat(builds()).isEmpty();
    }

    @Test
    void shouldUseInstalledJdkWhenTheOneInJavaHomeIsTooOld() throws Exception {
        jdk = jdk("jdk-8", "1.8.0_402");
        Path newer = jdk("jvms/jdk-21", "21.0.1");
        script(newer.resolve("bin/java"), "echo newer");

        assertThat(launch("x").out()).isEqualToIgnoringNewLines("newer");
    }

    private Run launch(String... arguments) throws Exception {
        return Run.of(start(checkout.resolve("exitflow"), arguments));
    }

    private Process start(Path launcher, String... arguments) throws IOException {
        List<String> command = new ArrayList<>(List.of(launcher.toString()));
        command.addAll(List.of(arguments));
        ProcessBuilder builder = new ProcessBuilder(command).directory(directory.toFile());
        builder.environment().put("JAVA_HOME", jdk.toString());
        builder.environment().put("HOME", directory.toString());
        builder.environment().put("EXITFLOW_JVM_OPTS", "-Xmx1g -ea");
        // The JDK that runs this test stays out of sight.
        builder.environment().merge("PATH", jdk.resolve("bin").toString(), (path, bin) -> bin + ":" + path);
        return builder.start();
    }

    private List<String> builds() throws IOException {
        Path builds = checkout.resolve("builds.txt");
        return Files.exists(builds) ? Files.readAllLines(builds) : List.of();
    }

    private Path jdk(String place, String version) throws IOException {
        Path home = directory.resolve(place);
        Files.createDirectories(home.resolve("bin"));
        Files.writeString(home.resolve("release"), "JAVA_VERSION=\"" + version + "\"\n");
        script(home.resolve("bin/java"), "for a in \"$@\"; do echo \"<$a>\"; done");
        script(home.resolve("bin/javac"), "");
        return home;
    }

    private void source(String path) throws IOException {
        Path file = checkout.resolve(path);
        Files.createDirectories(file.getParent());
        Files.writeString(file, "");
        for (Path each = file; !each.equals(checkout); each = each.getParent()) {
            Files.setLastModifiedTime(each, FileTime.from(LONG_AGO));
        }
    }

    private static void script(Path file, String... lines) throws IOException {
        Files.writeString(file, "#!/bin/sh\n" + String.join("\n", lines) + "\n");
        makeExecutable(file);
    }

    private static void makeExecutable(Path file) {
        assertThat(file.toFile().setExecutable(true)).isTrue();
    }

    private record Run(int status, String out, String err) {

        /** Output is small: neither pipe fills while the other is read. */
        static Run of(Process process) throws IOException, InterruptedException {
            String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            String err = new String(process.getErrorStream().readAllBytes(), StandardCharsets.UTF_8);
            assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
            return new Run(process.exitValue(), out, err);
        }
    }
}

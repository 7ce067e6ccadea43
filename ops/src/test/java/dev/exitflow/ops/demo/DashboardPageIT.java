package dev.exitflow.ops.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.awaitility.Awaitility.await;

import dev.exitflow.ops.Browser;
import dev.exitflow.ops.BrowserCondition;
import dev.exitflow.ops.control.PolicyEntry;
import dev.exitflow.ops.control.ThresholdTopic;
import dev.exitflow.ops.dashboard.DashboardSettings;
import dev.exitflow.ops.dashboard.Knob;
import dev.exitflow.ops.load.DataSpec;
import dev.exitflow.schema.ThresholdPolicy;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jline.terminal.Terminal;
import org.jline.terminal.impl.DumbTerminal;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.openqa.selenium.Keys;

/** The dashboard of a live demo as a person uses it, in a real browser. */
@Timeout(180)
@ExtendWith(BrowserCondition.class)
class DashboardPageIT {

    private static final Path BUNDLE = Path.of("../core/src/main/bundles/digits");
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final String APPLIED = "v\\d+ applied on 1 of 1 instance after \\d+ ms";
    private static final String WRONG_TOKEN = "0123456789abcdef";

    @TempDir
    static Path profile;

    private static DemoCluster cluster;
    private static DemoLoad load;
    private static DemoDashboard dashboard;
    private static LiveDemo demo;
    private static CompletableFuture<Void> run;
    private static ThresholdTopic policies;
    private static Browser browser;

    @BeforeAll
    static void start() {
        cluster = DemoCluster.start(BUNDLE, Map.of());
        load = new DemoLoad(new DataSpec("digits"), 100);
        dashboard = DemoDashboard.start(cluster, 0, DashboardSettings.newToken(), load.knobs());
        demo = new LiveDemo(cluster, load, dashboard, ThresholdSchedule.none());
        run = CompletableFuture.runAsync(DashboardPageIT::runDemo);
        policies = new ThresholdTopic(cluster.clientProperties(), cluster.topics());
        await().atMost(PATIENCE).until(() -> !policies.history().isEmpty());
        browser = new Browser(profile);
    }

    private static void runDemo() {
        try (Terminal terminal = new DumbTerminal(
                "test",
                "dumb",
                new ByteArrayInputStream(new byte[0]),
                new ByteArrayOutputStream(),
                StandardCharsets.UTF_8)) {
            demo.run(null, terminal, new PrintWriter(Writer.nullWriter()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @AfterAll
    static void stop() throws Exception {
        browser.close();
        policies.close();
        demo.stop();
        run.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
        load.close();
        dashboard.close();
        cluster.close();
    }

    @BeforeEach
    void openPage() {
        browser.open(dashboard.uri());
        awaitText("connection", "live");
        await().atMost(PATIENCE).until(() -> browser.text("in-force").contains("v"));
    }

    /** The page asks nobody but its own server for anything, and breaks none of its own rules. */
    @AfterEach
    void requireQuiet() throws Exception {
        URI address = dashboard.uri();
        String origin = "http://" + address.getAuthority() + "/";
        assertThat(browser.requests()).isNotEmpty().allSatisfy(request -> assertThat(request)
                .startsWith(origin));
        assertThat(browser.complaints())
                .allSatisfy(complaint -> assertThat(complaint).contains("401 (Unauthorized)"));
    }

    @Test
    void shouldSetTheThresholdAndSayWhoAppliedItWhenTheSliderIsMoved() {
        chooseUniform();
        browser.clickAt("t", 0.3);
        double wanted = Double.parseDouble(value("t-number"));
        assertThat(wanted).isBetween(0.2, 0.4);
        assertThat(browser.text("preview"))
                .contains("T " + String.format(Locale.ROOT, "%.2f", wanted))
                .contains("predicted: cost");
        browser.element("apply").click();

        awaitText("outcome", APPLIED);
        ThresholdPolicy policy = inForce();
        assertThat(policy.getThresholds()).containsExactly(wanted);
        assertThat(policy.getIssuedBy()).isEqualTo("dashboard");
        assertThat(policy.getShadowRate()).isEqualTo(0.05);
        awaitText("history", "(?s)^\\S+\\s+dashboard\\s+v" + policy.getVersion() + " .*in force.*");
    }

    @Test
    void shouldSetThresholdsPerExitWhenAnOperatingPointIsChosen() {
        browser.all("#points button").stream()
                .filter(button -> button.getText().equals("balanced"))
                .findFirst()
                .orElseThrow()
                .click();
        browser.element("apply").click();

        awaitText("outcome", APPLIED);
        ThresholdPolicy policy = inForce();
        assertThat(policy.getThresholds())
                .isEqualTo(cluster.bundle()
                        .manifest()
                        .operatingPoints()
                        .get("balanced")
                        .thresholds());
        assertThat(policy.getReason()).startsWith("operating point balanced");
    }

    @Test
    void shouldDrawMoreAndShowImagesWhenTimePasses() {
        List<String> charts = List.of("exits", "rate", "latency", "saved", "agreement");
        for (String chart : charts) {
            await().atMost(PATIENCE).until(() -> points(chart) >= 2);
        }
        Map<String, Long> before = new HashMap<>();
        charts.forEach(chart -> before.put(chart, points(chart)));

        for (String chart : charts) {
            await().atMost(PATIENCE).until(() -> points(chart) > before.get(chart));
        }
        assertThat(browser.all("#samples img")).isNotEmpty();
        assertThat(Double.parseDouble(browser.text("figure-rate"))).isPositive();
        assertThat(browser.text("figure-agreement")).contains("%");
    }

    @Test
    void shouldKeepEverythingWhenThePageIsReloaded() {
        await().atMost(PATIENCE).until(() -> points("rate") >= 5);
        long points = points("rate");
        int changes = browser.all("#history li").size();
        String inForce = browser.text("in-force");
        assertThat(changes).isPositive();

        browser.reload();

        awaitText("connection", "live");
        await().atMost(PATIENCE).until(() -> browser.text("in-force").equals(inForce));
        assertThat(points("rate")).isGreaterThanOrEqualTo(points);
        assertThat(browser.all("#history li")).hasSizeGreaterThanOrEqualTo(changes);
        assertThat(browser.text("lock")).isEqualTo("Unlocked");
    }

    @Test
    void shouldWriteNothingWhenTheTokenIsWrong() {
        int before = policies.history().size();
        browser.open(URI.create(dashboard.uri().toString().replaceFirst("#token=.*", "#token=" + WRONG_TOKEN)));
        awaitText("connection", "live");
        await().atMost(PATIENCE).until(() -> browser.text("in-force").contains("v"));
        chooseUniform();

        browser.element("apply").click();
        await().atMost(PATIENCE).until(() -> browser.element("token-dialog").isDisplayed());
        browser.element("token").sendKeys(WRONG_TOKEN, Keys.ENTER);

        awaitText("token-outcome", "the token is not the dashboard's");
        browser.type(Keys.ESCAPE);
        await().atMost(PATIENCE).until(() -> !browser.element("token-dialog").isDisplayed());
        assertThat(browser.text("outcome")).isEqualTo("the token is not the dashboard's");
        assertThat(browser.text("lock")).isEqualTo("Locked");
        assertThat(policies.history()).hasSize(before);
    }

    @Test
    void shouldChangeTheLoadAndItsDifficultyWhenTheKnobsAreMoved() {
        double rate = knob("rate");
        await().atMost(PATIENCE).untilAsserted(() -> {
            browser.element("knob-rate").sendKeys(Keys.ARROW_RIGHT);
            assertThat(knob("rate")).as(browser.text("knob-outcome")).isGreaterThan(rate);
        });
        browser.element("knob-difficulty").sendKeys(Keys.HOME);
        await().atMost(PATIENCE).until(() -> knob("difficulty") == 0);

        browser.reload();

        awaitText("connection", "live");
        await().atMost(PATIENCE).untilAsserted(() -> assertThat(browser.text("knobs"))
                .contains(String.format(Locale.ROOT, "%.0f images a second", knob("rate"))));
        assertThat(Double.parseDouble(value("knob-difficulty"))).isZero();
    }

    @Test
    void shouldSetTheThresholdWhenThereIsOnlyAKeyboard() {
        chooseUniform();
        browser.reload();
        awaitText("connection", "live");
        await().atMost(PATIENCE).until(() -> browser.text("in-force").contains("v"));

        browser.type(Keys.TAB, Keys.ENTER); // the first thing that has the focus leads to the controls
        if (!browser.element("t").isDisplayed()) {
            browser.type(Keys.TAB, Keys.ARROW_LEFT);
        }
        browser.tabTo("t");
        double before = Double.parseDouble(value("t"));
        browser.type(Keys.ARROW_LEFT, Keys.ARROW_LEFT);
        browser.tabTo("apply");
        browser.type(Keys.ENTER);

        awaitText("outcome", APPLIED);
        assertThat(inForce().getThresholds().get(0)).isCloseTo(before - 0.02, within(1e-9));
    }

    private static void chooseUniform() {
        browser.all("#mode label").get(0).click();
    }

    private static String value(String id) {
        return browser.element(id).getDomProperty("value");
    }

    /** Seconds that a chart has a value for. */
    private static long points(String chart) {
        return (Long) browser.ask(
                "return Number(document.getElementById('chart-' + arguments[0]).dataset.points ?? 0)", chart);
    }

    private static double knob(String name) {
        return load.knobs().stream()
                .filter(knob -> knob.name().equals(name))
                .map(Knob::value)
                .findFirst()
                .orElseThrow()
                .getAsDouble();
    }

    private static ThresholdPolicy inForce() {
        List<PolicyEntry> current = policies.current();
        assertThat(current).hasSize(1);
        return current.get(0).policy().orElseThrow();
    }

    private static void awaitText(String id, String pattern) {
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(browser.text(id)).containsPattern(pattern));
    }
}

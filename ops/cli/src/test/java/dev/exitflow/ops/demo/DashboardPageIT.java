package dev.exitflow.ops.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.awaitility.Awaitility.await;

import dev.exitflow.ops.Browser;
import dev.exitflow.ops.BrowserCondition;
import dev.exitflow.ops.control.PolicyEntry;
import dev.exitflow.ops.control.PolicyKey;
import dev.exitflow.ops.control.PolicyRequest;
import dev.exitflow.ops.control.ThresholdTopic;
import dev.exitflow.ops.dashboard.DashboardSettings;
import dev.exitflow.ops.dashboard.Knob;
import dev.exitflow.ops.load.DataSpec;
import dev.exitflow.ops.local.DemoCluster;
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
import java.util.regex.Pattern;
import java.util.stream.Collectors;
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

    private static final Path BUNDLE = Path.of("../../core/engine/src/main/bundles/digits");
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    /** The machine says how fast the story goes. */
    private static final Duration LONG_PATIENCE = Duration.ofMinutes(4);

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
        load = DemoLoad.ofOpenRate(new DataSpec("digits"));
        dashboard =
                DemoDashboard.start(cluster, ThresholdSchedule.none(), 0, DashboardSettings.newToken(), load.knobs());
        demo = new LiveDemo(cluster, load, dashboard, ThresholdSchedule.none());
        run = CompletableFuture.runAsync(DashboardPageIT::runDemo);
        policies = new ThresholdTopic(cluster.clientProperties(), cluster.topics());
        await().atMost(PATIENCE).until(() -> !policies.history().isEmpty());
        await().atMost(LONG_PATIENCE)
                .until(() -> dashboard.capacity().looks("digits", List.of(1.0)) > 0 && !load.isSaturated());
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
        awaitText("history", "(?s)^\\S+\\s+dashboard\\s+v" + policy.getVersion() + " .*in force on 1 of 1 instance.*");
    }

    @Test
    void shouldSetThresholdsPerExitWhenAnOperatingPointIsChosen() {
        press("balanced");

        awaitText("outcome", APPLIED);
        ThresholdPolicy policy = inForce();
        assertThat(policy.getThresholds())
                .isEqualTo(cluster.bundle()
                        .manifest()
                        .operatingPoints()
                        .get("balanced")
                        .thresholds());
        assertThat(policy.getReason()).startsWith("operating point balanced");
        String shown = policy.getThresholds().stream()
                .map(threshold -> String.format(Locale.ROOT, "%.2f", threshold))
                .collect(Collectors.joining(" · "));
        awaitText("now-policy", "^" + Pattern.quote("balanced (T " + shown + ")"));
        awaitText("preview", "^" + Pattern.quote("In force: T " + shown));
    }

    @Test
    void shouldSayHowManyImagesASecondOfHowManyAndWhichModelAndPolicyWhenItOpens() {
        press("full");
        awaitText("now-policy", "^full \\(T 1\\)\\s+v\\d+ by dashboard");

        assertThat(browser.text("now-model")).containsPattern("^digits\\s+on 1 instance");
        awaitText("figure-capacity", "^of [\\d,]+ that this policy sustains \\(\\d+.%\\)");
        for (String point : List.of("full", "balanced", "economy")) {
            assertThat(browser.all(".mark[data-point=" + point + "]")).hasSize(1);
        }
        assertThat(browser.all(".mark[data-measured=true]")).isNotEmpty();
    }

    /** The story that the demo is for, at whatever this machine sustains. */
    @Test
    @Timeout(900)
    void shouldDrainTheQueueByOneClickWhenMoreComesThanTheBackboneSustains() {
        press("full");
        awaitText("now-policy", "^full");

        await().atMost(LONG_PATIENCE).untilAsserted(() -> {
            setLoad(0.8);
            assertThat(Double.parseDouble(browser.text("figure-rate"))).isGreaterThan(0.5 * knob("rate"));
            assertThat(browser.text("figure-backlog")).contains("no queue");
            assertThat(browser.text("load-verdict")).contains("full sustains this load");
        });

        await().atMost(LONG_PATIENCE).untilAsserted(() -> {
            setLoad(1.5);
            assertThat(browser.text("figure-backlog")).contains("grows by");
            assertThat(dashboard.waiting()).isGreaterThan((long) (2 * knob("rate")));
            assertThat(browser.text("load-verdict")).contains("a second more than full sustains: the queue grows");
        });

        double rate = knob("rate");
        press("economy");

        awaitText("outcome", APPLIED);
        await().atMost(LONG_PATIENCE)
                .untilAsserted(() -> assertThat(browser.text("figure-backlog")).contains("no queue"));
        assertThat(knob("rate")).isEqualTo(rate).isGreaterThan(sustained("full"));
    }

    @Test
    void shouldShowOneStateWhenAnotherHandSetsAPolicy() {
        setByAnother(0.71, 0.99583, 1.0);
        awaitText("now-policy", "^T 0\\.71 · 0\\.996 · 1\\s+v\\d+ by ana: rush hour");
        awaitText("in-force", "T 0\\.71 · 0\\.996 · 1 by ana");
        awaitText("preview", "^In force: T 0\\.71 · 0\\.996 · 1");
        assertThat(browser.all("#points button[aria-pressed=true]")).isEmpty();

        chooseUniform();
        browser.slide("t", 0.4);
        awaitText("preview", "^Chosen, not applied yet: T 0\\.40");
        setByAnother(0.6);
        awaitText("overtaken-text", "ana set v\\d+ while you were choosing");
        assertThat(browser.text("preview")).startsWith("Chosen, not applied yet: T 0.40");

        browser.element("drop").click();

        awaitText("preview", "^In force: T 0\\.60");
        assertThat(value("t")).isEqualTo("0.6");
        assertThat(browser.element("overtaken").isDisplayed()).isFalse();
    }

    @Test
    void shouldPutMarksTogetherWhenTheirNamesWouldOverprint() {
        Object groups = browser.ask("return import('/page/charts.js').then(({groupMarks}) => groupMarks("
                + "[['v1', 0], ['v2', 30], ['v3', 36], ['v4', 44], ['v5', 200], ['v6', 295]]"
                + ".map(([name, x]) => ({name, x})), (text) => 7 * text.length, 300)"
                + ".map(({label, left, end}) => `${label} ${left}-${end}`).join(', '))");

        assertThat(groups).isEqualTo("v1 4-18, v2–v4 48-83, v5 204-218, v6 277-291");
    }

    @Test
    void shouldDrawAgreementFromARoundShareUpToAHundredPercentWhateverWasMeasured() {
        assertThat(range("[0.97, null, 0.99]", "0.95")).isEqualTo("0.9-1");
        assertThat(range("[0.87, 0.99]", "0.9")).isEqualTo("0.85-1");
        assertThat(range("[]", "null")).isEqualTo("0.9-1");
        assertThat(range("[0.001]", "0.9")).isEqualTo("0-1");
        assertThat(browser.ask("return import('/page/words.js').then(({agreementNote}) => agreementNote(0))"))
                .asString()
                .startsWith("Shadow samples are off");
    }

    private static Object range(String shares, String floor) {
        return browser.ask(
                "return import('/page/charts.js').then(({agreementRange}) => agreementRange(%s, %s).join('-'))"
                        .formatted(shares, floor));
    }

    private static void setByAnother(Double... thresholds) {
        policies.set(new PolicyRequest(PolicyKey.ofModel("digits"), List.of(thresholds), 0.05, "ana", "rush hour"));
    }

    /** Moves the load to a share of what the mark says that the whole backbone sustains, which a busy machine changes. */
    private static void setLoad(double share) {
        double wanted = share * sustained("full");
        if (Math.abs(knob("rate") - wanted) > 0.05 * wanted) {
            browser.slide("knob-rate", wanted);
        }
    }

    private static double sustained(String point) {
        return ((Number) browser.ask(
                        "return Number(document.querySelector(`.mark[data-point=${arguments[0]}]`).dataset.perSecond)",
                        point))
                .doubleValue();
    }

    private static void press(String point) {
        await().atMost(PATIENCE)
                .until(() ->
                        browser.all("#points button[data-point=" + point + "]").size() == 1);
        browser.all("#points button[data-point=" + point + "]").get(0).click();
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
        assertThat(browser.text("lock")).isEqualTo("Changes allowed");
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
        assertThat(browser.text("lock")).isEqualTo("Read only");
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
                .contains(String.format(Locale.ROOT, "%,.0f images a second", knob("rate"))));
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

package dev.exitflow.ops;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.File;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.stream.Stream;
import org.openqa.selenium.By;
import org.openqa.selenium.Keys;
import org.openqa.selenium.WebElement;
import org.openqa.selenium.chrome.ChromeDriver;
import org.openqa.selenium.chrome.ChromeDriverService;
import org.openqa.selenium.chrome.ChromeOptions;
import org.openqa.selenium.interactions.Actions;
import org.openqa.selenium.logging.LogEntry;
import org.openqa.selenium.logging.LogType;
import org.openqa.selenium.logging.LoggingPreferences;

/** A Chromium without a window, driven by a test; what it asked for and complained about can be looked at. Of one thread. */
public final class Browser implements AutoCloseable {

    private static final ObjectMapper JSON = new ObjectMapper();

    /** It warns that its DevTools protocol is older than the browser's; a test needs none of it. */
    private static final Logger SELENIUM = Logger.getLogger("org.openqa.selenium");

    static {
        SELENIUM.setLevel(Level.SEVERE);
    }

    private final ChromeDriver driver;

    /** @param profile an empty directory */
    public Browser(Path profile) {
        ChromeOptions options = new ChromeOptions();
        options.setBinary(chromium().orElseThrow().toFile());
        options.addArguments(
                "--headless=new",
                "--no-sandbox", // which root cannot have
                "--disable-gpu",
                "--disable-dev-shm-usage",
                "--disable-background-networking",
                "--disable-component-update",
                "--disable-sync",
                "--no-first-run",
                "--window-size=1440,900",
                "--user-data-dir=" + profile);
        LoggingPreferences logs = new LoggingPreferences();
        logs.enable(LogType.BROWSER, Level.ALL);
        logs.enable(LogType.PERFORMANCE, Level.ALL);
        options.setCapability(ChromeOptions.LOGGING_PREFS, logs);
        ChromeDriverService service = new ChromeDriverService.Builder()
                .usingDriverExecutable(driver().orElseThrow().toFile())
                .usingAnyFreePort()
                .build();
        driver = new ChromeDriver(service, options);
    }

    static Optional<Path> chromium() {
        return find("chromium", "chromium-browser", "google-chrome");
    }

    static Optional<Path> driver() {
        return find("chromedriver");
    }

    private static Optional<Path> find(String... names) {
        String path = Optional.ofNullable(System.getenv("PATH")).orElse("");
        return Stream.of(names)
                .flatMap(name -> Stream.of(path.split(File.pathSeparator)).map(folder -> Path.of(folder, name)))
                .filter(Files::isExecutable)
                .findFirst();
    }

    /** Opens a page anew, also where only the part behind # is another. */
    public void open(URI address) {
        driver.get("about:blank");
        driver.get(address.toString());
    }

    public void reload() {
        driver.navigate().refresh();
    }

    public WebElement element(String id) {
        return driver.findElement(By.id(id));
    }

    public List<WebElement> all(String css) {
        return driver.findElements(By.cssSelector(css));
    }

    /** The text that is seen of an element. */
    public String text(String id) {
        return element(id).getText();
    }

    /** Clicks at a place of an element's width, from 0 on its left to 1. */
    public void clickAt(String id, double place) {
        WebElement element = element(id);
        int offset = (int) Math.round((place - 0.5) * element.getSize().getWidth());
        new Actions(driver).moveToElement(element, offset, 0).click().perform();
    }

    /** Moves a slider to a value, as near as its steps allow. */
    public void slide(String id, double value) {
        ask(
                "const slider = document.getElementById(arguments[0]); slider.value = arguments[1];"
                        + "for (const name of ['input', 'change']) slider.dispatchEvent(new Event(name));",
                id,
                value);
    }

    /** Types into whatever has the focus. */
    public void type(CharSequence... keys) {
        new Actions(driver).sendKeys(keys).perform();
    }

    /** Moves the focus on until an element has it. */
    public void tabTo(String id) {
        for (int tab = 0; tab < 60; tab++) {
            if (id.equals(driver.switchTo().activeElement().getDomAttribute("id"))) {
                return;
            }
            type(Keys.TAB);
        }
        throw new AssertionError("the tab key does not reach " + id);
    }

    /** Runs a function's body in the page. */
    public Object ask(String script, Object... arguments) {
        return driver.executeScript(script, arguments);
    }

    /** The addresses of all requests over a network since the last call; the browser's own pages, and data in ours, need none. */
    public List<String> requests() throws JsonProcessingException {
        List<String> addresses = new ArrayList<>();
        for (LogEntry entry : driver.manage().logs().get(LogType.PERFORMANCE)) {
            JsonNode message = JSON.readTree(entry.getMessage()).get("message");
            if (message.get("method").asText().equals("Network.requestWillBeSent")) {
                addresses.add(message.at("/params/request/url").asText());
            }
        }
        addresses.removeIf(address -> !address.startsWith("http") && !address.startsWith("ws"));
        return addresses;
    }

    /** What the browser wrote to the console since the last call: errors, violations of the content policy, warnings. */
    public List<String> complaints() {
        return driver.manage().logs().get(LogType.BROWSER).getAll().stream()
                .filter(entry -> entry.getLevel().intValue() >= Level.WARNING.intValue())
                .map(LogEntry::getMessage)
                .toList();
    }

    @Override
    public void close() {
        driver.quit();
    }
}

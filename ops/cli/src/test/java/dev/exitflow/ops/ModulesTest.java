package dev.exitflow.ops;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Element;
import org.w3c.dom.Node;

/** The README's drawing of the modules is what the poms say. */
class ModulesTest {

    private static final Path ROOT = Path.of("../..");

    /** A module's folder, and the modules that it depends on, each by the end of its folder. */
    private static final Pattern LINE = Pattern.compile("    ([a-z/]+)(?: ─+► ([a-z, ]+?))?(?: +\\(.*\\))?");

    @Test
    void shouldDrawTheModulesAsThePomsHaveThem() throws Exception {
        Map<String, Set<String>> built = new LinkedHashMap<>();
        collect(ROOT, built);

        assertThat(drawn()).isEqualTo(built);
    }

    @Test
    void shouldPointToLinesAboveOnly() throws IOException {
        List<String> above = new ArrayList<>();
        drawn().forEach((module, uses) -> {
            assertThat(above).as(module).containsAll(uses);
            above.add(name(module));
        });
    }

    private static Map<String, Set<String>> drawn() throws IOException {
        String readme = Files.readString(ROOT.resolve("README.md"));
        String drawing = readme.substring(readme.indexOf("## Layout") + "## Layout".length())
                .strip();
        Map<String, Set<String>> modules = new LinkedHashMap<>();
        drawing.indent(4)
                .lines()
                .takeWhile(line -> !line.isBlank())
                .map(line -> LINE.matcher("    " + line.strip()))
                .forEach(line -> {
                    assertThat(line.matches()).as(line.toString()).isTrue();
                    String uses = line.group(2) == null ? "" : line.group(2);
                    modules.put(
                            line.group(1),
                            new TreeSet<>(Stream.of(uses.split(", "))
                                    .filter(use -> !use.isEmpty())
                                    .toList()));
                });
        return modules;
    }

    /** Adds the modules below a folder, and what each depends on outside its tests. */
    private static void collect(Path folder, Map<String, Set<String>> modules) throws Exception {
        Element pom = DocumentBuilderFactory.newInstance()
                .newDocumentBuilder()
                .parse(folder.resolve("pom.xml").toFile())
                .getDocumentElement();
        List<Element> children = children(pom, "modules");
        for (Element child : children) {
            collect(folder.resolve(child.getTextContent()), modules);
        }
        if (children.isEmpty()) {
            Set<String> uses = new TreeSet<>();
            for (Element dependency : children(pom, "dependencies")) {
                String artifact = text(dependency, "artifactId");
                if (artifact.startsWith("exitflow-")
                        && !text(dependency, "scope").equals("test")) {
                    uses.add(artifact.substring("exitflow-".length()));
                }
            }
            modules.put(ROOT.relativize(folder).toString().replace('\\', '/'), uses);
        }
    }

    private static List<Element> children(Element parent, String group) {
        List<Element> found = new ArrayList<>();
        for (Element part : elements(parent)) {
            if (part.getTagName().equals(group)) {
                found.addAll(elements(part));
            }
        }
        return found;
    }

    private static List<Element> elements(Element parent) {
        List<Element> found = new ArrayList<>();
        for (Node node = parent.getFirstChild(); node != null; node = node.getNextSibling()) {
            if (node instanceof Element element) {
                found.add(element);
            }
        }
        return found;
    }

    private static String text(Element parent, String name) {
        return elements(parent).stream()
                .filter(part -> part.getTagName().equals(name))
                .map(part -> part.getTextContent().strip())
                .findFirst()
                .orElse("");
    }

    private static String name(String module) {
        return module.substring(module.lastIndexOf('/') + 1);
    }
}

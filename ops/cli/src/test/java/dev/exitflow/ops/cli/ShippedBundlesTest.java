package dev.exitflow.ops.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.exitflow.core.ExitflowException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ShippedBundlesTest {

    @TempDir
    Path directory;

    @Test
    void shouldFindShippedBundleWhenNameIsGiven() throws IOException {
        Path digits = ship("digits");

        assertThat(ShippedBundles.resolve("digits", directory)).isEqualTo(digits);
    }

    @Test
    void shouldTakePathWhenNoBundleHasThatName() throws IOException {
        ship("digits");
        Path own = Files.createDirectory(directory.resolve("own"));

        assertThat(ShippedBundles.resolve(own.toString(), directory)).isEqualTo(own);
    }

    @Test
    void shouldListNamesWhenThereIsNeither() throws IOException {
        ship("digits");
        ship("cifar10-resnet20");
        Files.createDirectory(directory.resolve("half"));

        assertThatThrownBy(() -> ShippedBundles.resolve("digit", directory))
                .isInstanceOf(ExitflowException.class)
                .hasMessageContainingAll("bundle 'digit'", "cifar10-resnet20, digits")
                .hasMessageNotContaining("half");
    }

    @Test
    void shouldFindTrainedExitsButNotOfferThem() throws IOException {
        ship("digits");
        Path exits = ship("published-resnet56");
        Files.delete(exits.resolve("stage-0.pt"));

        assertThat(ShippedBundles.resolve("published-resnet56", directory)).isEqualTo(exits);
        assertThatThrownBy(() -> ShippedBundles.resolve("resnet56", directory))
                .hasMessageContaining("(there are digits)");
    }

    @Test
    void shouldSayThatNoneIsShippedWhenDistributionHasNone() {
        Path absent = directory.resolve("absent");

        assertThatThrownBy(() -> ShippedBundles.resolve("digits", absent))
                .isInstanceOf(ExitflowException.class)
                .hasMessageContaining("this distribution has none");
        assertThatThrownBy(() -> ShippedBundles.resolve("", null)).isInstanceOf(ExitflowException.class);
    }

    private Path ship(String name) throws IOException {
        Path bundle = Files.createDirectory(directory.resolve(name));
        Files.writeString(bundle.resolve("manifest.json"), "{}");
        Files.writeString(bundle.resolve("stage-0.pt"), "");
        return bundle;
    }
}

package dev.exitflow.ops.digits;

import static com.tngtech.archunit.core.domain.JavaCall.Predicates.target;
import static com.tngtech.archunit.core.domain.properties.HasName.Predicates.nameStartingWith;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.awt.Font;
import java.awt.FontMetrics;
import org.junit.jupiter.api.Test;

/** Digits are drawn from outlines: a machine without fonts draws the same ones. */
class NoFontTest {

    @Test
    void shouldNeverTouchFontsWhenDigitsAreDrawn() {
        var classes = new ClassFileImporter()
                .withImportOption(new ImportOption.DoNotIncludeTests())
                .importPackages("dev.exitflow.ops.load");

        noClasses()
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("java.awt.font..", "sun.font..")
                .orShould()
                .dependOnClassesThat()
                .belongToAnyOf(Font.class, FontMetrics.class)
                .orShould()
                .callMethodWhere(target(nameStartingWith("drawString")))
                .check(classes);
    }
}

package dev.exitflow.ops.cli;

import java.util.List;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/**
 * The options of {@code bundle export}; a mixin. They are declared for their help and handed to the exporter as they were given,
 * which knows their defaults and checks their values.
 */
final class ExportOptions {

    @Spec(Spec.Target.MIXEE)
    CommandSpec command;

    @Option(
            names = "--backbone",
            required = true,
            paramLabel = "NAME",
            description = {
                "resnetN with N = 6n+2, as resnet20, 32, 44, 56, 110; vgg11, 13, 16, 19, with batch norm, for 32x32 images;"
                        + " densenetN, DenseNet-BC of growth 12, with N = 6n+4, as densenet40 and 100, or densenet121;",
                "torchvision:NAME or timm:NAME, a network of these libraries, for images of 224x224;",
                "or FILE.py:FUNCTION, where FUNCTION() returns an nn.Module that maps images to logits. It is cut wherever one"
                        + " tensor is alive; an nn.Sequential is cut between its children. FUNCTION(WEIGHTS) loads --weights itself."
            })
    String backbone;

    @Option(
            names = "--weights",
            paramLabel = "FILE",
            description =
                    "State dict to load, a checkpoint that holds one, or a .safetensors file. Without it the backbone is untrained,"
                            + " and 'bundle train --part backbone' trains it.")
    String weights;

    @Option(
            names = "--trained",
            description = "The weights that FUNCTION() leaves in its network are trained ones: freeze the stages.")
    boolean trained;

    @Option(names = "--out", paramLabel = "DIR", description = "The bundle's directory; must be empty or absent.")
    String out;

    @Option(
            names = "--list-cuts",
            description =
                    "Write no bundle; print where the backbone can be cut, with shapes and cumulative cost, and which"
                            + " places each placement takes.")
    boolean listCuts;

    @Option(
            names = "--exits",
            paramLabel = "COUNT|NAME|DIR",
            description = {
                "How many untrained exits (default: 3);",
                "or trained exits for these --weights, of a directory or shipped under a name such as published-resnet56. They"
                        + " bring name, labels, operating points and all else with them; digests and answers are verified."
            })
    String exits;

    @Option(
            names = "--placement",
            paramLabel = "RULE",
            description = {
                "An exit follows the first block whose cumulative cost reaches its share of the backbone's, for exit i = 0, 1 … of n:",
                "linear (i+1)/(n+1) (default), pareto 1-0.8^(i+1), fine 1-0.95^(i+1), golden 1.618^(i-n).",
                "A block has one exit at most: a second one moves on to the next block."
            })
    String placement;

    @Option(
            names = "--exits-after",
            paramLabel = "BLOCKS",
            description = "Instead of a rule, the blocks that exits follow, as 3,5,7, counted from 1 without the stem.")
    String exitsAfter;

    @Option(
            names = "--first",
            paramLabel = "BACKBONE[:WEIGHTS]|BUNDLE",
            description = {
                "Exit 0 is a whole small network that reads the image, its confidence the greatest probability:",
                "with weights taken as it is, without them trained by 'bundle train --part exits'; as resnet20:resnet20.th;",
                "or the backbone of a bundle, a directory or a shipped one such as cifar10-resnet20, whose mean and deviation may differ.",
                "Further exits follow where --exits or --exits-after asks for them."
            })
    String first;

    @Option(names = "--tune-first", description = "The weights that --first names are where its training starts.")
    boolean tuneFirst;

    @Option(
            names = "--final",
            paramLabel = "WHOSE",
            description =
                    "The last answer: backbone (default), or average, the mean of the first network's and the backbone's.")
    String finalAnswer;

    @Option(
            names = "--confidence",
            paramLabel = "KIND",
            description =
                    "How sure a new exit is: max-probability (default), its greatest probability; or learned, by a head of its"
                            + " own, as PTEENet has it.")
    String confidence;

    @Option(
            names = "--head",
            paramLabel = "KIND",
            description = {
                "What an exit is, one kind for all, or one per exit, as pool,conv,conv:",
                "pooled-conv (default): two convolutions on the map, pooled to 8x8 first;",
                "residual1, residual2, residual3: a small residual network of so many blocks per map size, dear, for early places;",
                "or PTEENet's: plain (linear on the whole map), pool (on its mean), bnpool (on the mean of its batch norm),",
                "conv, conv2, conv3 (on the mean after so many 3x3 convolutions at the map's own size)."
            })
    String head;

    @Option(
            names = "--head-channels",
            paramLabel = "COUNT",
            description = "Channels of pooled-conv's first convolution, one or one per exit (default: 32).")
    String headChannels;

    @Option(
            names = "--name",
            paramLabel = "NAME",
            description = "The model's name (default: the backbone's, or FUNCTION).")
    String name;

    @Option(names = "--model-version", paramLabel = "VERSION", description = "The model's version (default: 1).")
    String modelVersion;

    @Option(
            names = "--labels",
            paramLabel = "A,B,…",
            description = "The name of each class, as cat,dog (default: CIFAR-10's).")
    String labels;

    @Option(
            names = "--labels-file",
            paramLabel = "FILE",
            description =
                    "Or a file with one name on each line. A library's network has as many outputs as there are names.")
    String labelsFile;

    @Option(
            names = "--input",
            paramLabel = "C,H,W",
            description = "Shape of an image (default: 3,32,32; of a library's network 3,224,224).")
    String input;

    @Option(
            names = "--mean",
            paramLabel = "R,G,B",
            description = "Of pixels in [0, 1], by channel (default: ImageNet's 0.485,0.456,0.406).")
    String mean;

    @Option(names = "--std", paramLabel = "R,G,B", description = "Likewise (default: 0.229,0.224,0.225).")
    String std;

    @Option(
            names = "--resize",
            paramLabel = "SIDE|H,W",
            description = {
                "Bring images of any size to this one first, with antialiasing: so many pixels for the shorter side, or exactly a"
                        + " height and a width.",
                "Without it the model takes images of its own size only, and refuses others."
            })
    String resize;

    @Option(
            names = "--crop",
            paramLabel = "SIDE|H,W",
            description =
                    "Then cut this out around the centre; it is the model's input (default: the size of --resize).")
    String crop;

    @Option(names = "--interpolation", paramLabel = "FILTER", description = "bilinear (default) or bicubic.")
    String interpolation;

    @Option(
            names = "--letterbox",
            description = "Keep an image's proportions within --resize, and put a border around it.")
    boolean letterbox;

    @Option(
            names = "--fill",
            paramLabel = "R,G,B",
            description = "The colour of that border, from 0 to 255 each (default: black).")
    String fill;

    @Option(
            names = "--keep-orientation",
            description = "Leave images as they are stored, whatever their EXIF data say.")
    boolean keepOrientation;

    @Option(
            names = "--scale",
            paramLabel = "NUMBER",
            description = "What a value from 0 to 255 is multiplied with before --mean and --std (default: 1/255).")
    String scale;

    @Option(names = "--seed", paramLabel = "NUMBER", description = "Of untrained weights (default: 1).")
    String seed;

    ExportOptions() {}

    /**
     * Returns the options that were given, each as one argument, so that a value may start with a dash.
     *
     * @throws ParameterException if the bundle has no directory to go to
     */
    List<String> given() {
        if (out == null && !listCuts) {
            throw new ParameterException(command.commandLine(), "Missing required option: '--out=DIR'");
        }
        return command.commandLine().getParseResult().matchedOptions().stream()
                .filter(option -> !option.inherited())
                .map(ExportOptions::asArgument)
                .toList();
    }

    private static String asArgument(OptionSpec option) {
        return option.arity().max() == 0
                ? option.longestName()
                : option.longestName() + "=" + option.originalStringValues().get(0);
    }
}

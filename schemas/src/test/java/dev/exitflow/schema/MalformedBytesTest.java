package dev.exitflow.schema;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** Whatever the bytes, reading them neither throws nor takes more memory than their length accounts for. */
class MalformedBytesTest {

    private static final String TOPIC = "any";
    private static final long ALLOWED_BYTES = 4L << 20;

    private static final RecordCodecs CODECS = RecordCodecs.from(Map.of());
    private static final List<Sample<?>> SAMPLES = List.of(
            new Sample<>(CODECS.imageRecords(), Samples.image()),
            new Sample<>(CODECS.thresholdPolicies(), Samples.policy()),
            new Sample<>(CODECS.predictions(), Samples.prediction()),
            new Sample<>(CODECS.policyAcks(), Samples.ack()),
            new Sample<>(CODECS.exitStats(), Samples.stats()));

    private record Sample<T>(RecordCodec<T> codec, T record) {
        byte[] bytes() {
            return codec.encode(TOPIC, record);
        }
    }

    @Property(tries = 2000, seed = "1")
    void shouldAnswerMalformedWhenBytesAreArbitrary(@ForAll("samples") Sample<?> sample, @ForAll byte[] bytes) {
        assertThat(decode(sample, bytes)).isInstanceOf(Decoded.Malformed.class);
    }

    @Property(tries = 5000, seed = "2")
    void shouldAnswerWhenAnArbitraryBodyFollowsAGoodHeader(@ForAll("samples") Sample<?> sample, @ForAll byte[] body) {
        byte[] bytes = Arrays.copyOf(sample.bytes(), SingleObjectCodec.HEADER_BYTES + body.length);
        System.arraycopy(body, 0, bytes, SingleObjectCodec.HEADER_BYTES, body.length);

        assertThat(decode(sample, bytes)).isNotNull();
    }

    @Property(tries = 1000, seed = "3")
    void shouldAnswerMalformedWhenARecordIsCut(@ForAll("samples") Sample<?> sample, @ForAll("share") double share) {
        byte[] whole = sample.bytes();

        Decoded<?> decoded = decode(sample, Arrays.copyOf(whole, (int) (share * whole.length)));

        assertThat(decoded).isInstanceOf(Decoded.Malformed.class);
        assertThat(((Decoded.Malformed<?>) decoded).reason()).contains("truncated");
    }

    @Property(tries = 5000, seed = "4")
    void shouldAnswerWhenBitsAreFlipped(@ForAll("samples") Sample<?> sample, @ForAll("shares") List<Double> shares) {
        byte[] bytes = sample.bytes();
        for (double share : shares) {
            int bit = (int) (share * bytes.length * 8);
            bytes[bit / 8] ^= (byte) (1 << (bit % 8));
        }

        assertThat(decode(sample, bytes)).isNotNull();
    }

    @Property(tries = 2000, seed = "5")
    void shouldNotAllocateWhatALengthClaimsWhenItIsHuge(
            @ForAll("samples") Sample<?> sample, @ForAll("share") double share, @ForAll("hugeLengths") long length) {
        byte[] whole = sample.bytes();
        int body = whole.length - SingleObjectCodec.HEADER_BYTES;
        int at = SingleObjectCodec.HEADER_BYTES + (int) (share * body);
        ByteBuffer bytes = ByteBuffer.allocate(whole.length + 10).put(whole, 0, at);
        putVarint(bytes, length);
        bytes.put(whole, at, whole.length - at);

        assertThat(decode(sample, Arrays.copyOf(bytes.array(), bytes.position())))
                .isNotNull();
    }

    private static Decoded<?> decode(Sample<?> sample, byte[] bytes) {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long before = threads.getCurrentThreadAllocatedBytes();

        Decoded<?> decoded = sample.codec().decode(TOPIC, bytes);

        assertThat(threads.getCurrentThreadAllocatedBytes() - before).isLessThan(ALLOWED_BYTES);
        return decoded;
    }

    /** Avro's form of a long: zigzag, seven bits a byte, the lowest first. */
    private static void putVarint(ByteBuffer bytes, long value) {
        long rest = (value << 1) ^ (value >> 63);
        while ((rest & ~0x7FL) != 0) {
            bytes.put((byte) ((rest & 0x7F) | 0x80));
            rest >>>= 7;
        }
        bytes.put((byte) rest);
    }

    @Provide
    Arbitrary<Sample<?>> samples() {
        return Arbitraries.of(SAMPLES);
    }

    @Provide
    Arbitrary<Double> share() {
        return Arbitraries.doubles().between(0, true, 1, false).ofScale(6);
    }

    @Provide
    Arbitrary<List<Double>> shares() {
        return share().list().ofMinSize(1).ofMaxSize(8);
    }

    @Provide
    Arbitrary<Long> hugeLengths() {
        Arbitrary<Long> lengths = Arbitraries.longs().between(1 << 20, Long.MAX_VALUE);
        return Combinators.combine(lengths, Arbitraries.of(true, false))
                .as((length, negative) -> negative ? -length : length);
    }
}

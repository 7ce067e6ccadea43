package dev.exitflow.core.calibration;

import dev.exitflow.core.ExitflowException;
import java.util.List;

/**
 * Leave where a number of exits in a row, this one the last of them, give the same answer (PABEE's rule; its patience is one less,
 * since it counts repetitions).
 *
 * @param exitsInARow 1 or more; 1 leaves at the first exit, more than there are early exits never leaves early
 * @see <a href="https://arxiv.org/abs/2006.04152">PABEE</a>
 */
public record PatienceRule(int exitsInARow) implements ExitRule {

    public PatienceRule {
        if (exitsInARow < 1) {
            throw new ExitflowException("exits in a row that must agree = %d, expected 1 or more", exitsInARow);
        }
    }

    @Override
    public int exitOf(ExitTraces traces, int image) {
        int alike = 0;
        for (int exit = 0; exit < traces.earlyExits(); exit++) {
            boolean repeats = exit > 0 && traces.answer(exit, image) == traces.answer(exit - 1, image);
            alike = repeats ? alike + 1 : 1;
            if (alike >= exitsInARow) {
                return exit;
            }
        }
        return traces.earlyExits();
    }

    @Override
    public List<Double> settings() {
        return List.of((double) exitsInARow);
    }
}

package dev.exitflow.ops.dashboard;

import dev.exitflow.ops.monitor.CostShift;

/**
 * How far a model's live cost lies from the calibrated one, as the page shows it.
 *
 * @param model its name
 * @param calibrated cost of the policy in force, over the backbone's
 * @param live cost of the newest images under it
 * @param low lower end of the interval of the difference
 * @param high upper end of it
 * @param images how many are the newest ones
 * @param isMaterial whether the page marks it
 */
record ShiftCard(
        String model, double calibrated, double live, double low, double high, long images, boolean isMaterial) {

    static ShiftCard of(String model, CostShift shift) {
        return new ShiftCard(
                model, shift.calibrated(), shift.live(), shift.low(), shift.high(), shift.images(), shift.isMaterial());
    }
}

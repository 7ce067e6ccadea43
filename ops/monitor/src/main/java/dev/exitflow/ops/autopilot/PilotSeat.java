package dev.exitflow.ops.autopilot;

/** The autopilot as the dashboard knows it: what it does, and a switch. Safe for use by several threads. */
public interface PilotSeat {

    /**
     * What it does now.
     *
     * @param model whose policy it moves
     * @param goal what it holds, for people
     * @param engaged whether it may move it
     * @param line what it does and why, for people
     */
    record Status(String model, String goal, boolean engaged, String line) {}

    /** Asked about once a second; must not wait. */
    Status status();

    /**
     * Lets it steer, or stops it; the policy in force stays until it is changed.
     *
     * @param by who wants it
     * @throws dev.exitflow.core.ExitflowException when it cannot be done; the message is shown
     */
    void engage(boolean on, String by);
}

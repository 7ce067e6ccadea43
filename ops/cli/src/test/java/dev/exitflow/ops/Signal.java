package dev.exitflow.ops;

import java.io.IOException;

/** What a process is told by the operating system. */
public enum Signal {
    /** Stand still until {@link #CONT}. */
    STOP,
    /** Go on. */
    CONT,
    /** Print what each thread does (a Java machine). */
    QUIT;

    /** Sends it. */
    public void send(Process process) throws IOException, InterruptedException {
        int status = new ProcessBuilder("kill", "-" + name(), Long.toString(process.pid()))
                .inheritIO()
                .start()
                .waitFor();
        if (status != 0) {
            throw new IOException("kill -" + name() + " " + process.pid() + " ended with status " + status);
        }
    }
}

/** What was refused, and sending it again once its cause is mended. */
package dev.exitflow.ops.letters;

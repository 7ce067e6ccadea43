/** Street-number-like digits, drawn from the repository's own pen lines: a data set without a file. */
package dev.exitflow.ops.digits;

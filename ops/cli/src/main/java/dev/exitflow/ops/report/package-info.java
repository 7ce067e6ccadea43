/** Pictures of what a bundle does, beside what PTEENet's authors recorded. */
package dev.exitflow.ops.report;

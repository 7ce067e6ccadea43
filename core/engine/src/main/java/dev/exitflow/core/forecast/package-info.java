/** What a calibrated bundle's measured curve promises: operating points, the best of them, and what thresholds will cost. */
package dev.exitflow.core.forecast;
